"""A page of the dashboard without a browser: what stands on it, and any press that a client can send, allowed or not."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

_PATIENCE = 120
"""Seconds to wait for one message."""


def cookies_of(url: str, name: str, password: str) -> dict[str, str]:
    """The cookies of a sign-in, as the form of the page sends it; empty if it was refused."""
    answer = httpx.post(
        f"{url}/session",
        data={"account": name, "password": password},
        headers={"Origin": url, "Referer": f"{url}/"},
        timeout=_PATIENCE,
    )
    assert answer.status_code == 303, answer.text
    return dict(answer.cookies)


class WebsocketPage:
    """One open page: `elements` is what stands on it; `kept` is what widgets hold, as a browser remembers it.

    With a `session_id` it asks for the page of a connection that has ended, as a browser does when it connects anew.
    """

    def __init__(self, url: str, page: str, cookies: dict[str, str], query: str = "lang=en", session_id: str = "") -> None:
        self._connecting = connect(
            f"ws://{urlsplit(url).netloc}/_stcore/stream",
            origin=url,  # type: ignore[arg-type]  # a str under another name
            subprotocols=["streamlit", "none", session_id] if session_id else ["streamlit"],  # type: ignore[list-item]  # as above
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
            max_size=None,
            open_timeout=_PATIENCE,
        )
        self._query = query
        self.session_id = ""
        self._hash = ""
        self.kept: dict[str, WidgetState] = {}
        self.elements: dict[tuple[int, ...], Any] = {}
        self._page = page

    def __enter__(self) -> Self:
        self._socket: ClientConnection = self._connecting.__enter__()
        self._send(page_name=self._page)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connecting.__exit__(kind, error, trace)

    def button(self, label: str) -> Any:
        """The button whose label begins so."""
        found = [
            e.button for e in self.elements.values() if e.WhichOneof("type") == "button" and e.button.label.startswith(label)
        ]
        assert found, f"no button {label!r} among {self.labels}"
        return found[-1]

    @property
    def labels(self) -> list[str]:
        """Labels of the buttons."""
        return [e.button.label for e in self.elements.values() if e.WhichOneof("type") == "button"]

    @property
    def text(self) -> str:
        """Everything that stands on the page, as its messages have it."""
        return "\n".join(str(element) for element in self.elements.values())

    def press(self, button: Any) -> None:
        """What a browser sends for a click on this button; whether it may be clicked is not asked here."""
        self._send(WidgetState(id=button.id, trigger_value=True))

    def tick(self, place: int) -> None:
        """Put a mark into the so manieth box that ticks one correction."""
        boxes = [e.checkbox for e in self.elements.values() if e.WhichOneof("type") == "checkbox"]
        self._keep(WidgetState(id=boxes[place].id, bool_value=True))

    def turn_on(self, label: str) -> None:
        """Turn on the switch of this name."""
        switch = next(
            e.checkbox for e in self.elements.values() if e.WhichOneof("type") == "checkbox" and e.checkbox.label == label
        )
        self._keep(WidgetState(id=switch.id, bool_value=True))

    def choose(self, label: str, option: str) -> None:
        """Choose what holds these words in a list of one choice."""
        box = next(
            e.selectbox for e in self.elements.values() if e.WhichOneof("type") == "selectbox" and e.selectbox.label == label
        )
        self._keep(WidgetState(id=box.id, string_value=next(o for o in box.options if option in o)))

    def again(self) -> None:
        """Let the script run once more, as any click does."""
        self._send()

    def _keep(self, state: WidgetState) -> None:
        self.kept[state.id] = state
        self._send()

    def _send(self, *pressed: WidgetState, page_name: str = "") -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = page_name
        message.rerun_script.page_script_hash = self._hash
        message.rerun_script.widget_states.widgets.extend([*self.kept.values(), *pressed])
        self._socket.send(message.SerializeToString())
        self._receive()

    def _receive(self) -> None:
        """Take in messages until a run of the script has ended for good."""
        while True:
            message = ForwardMsg.FromString(self._socket.recv(_PATIENCE))  # type: ignore[arg-type]  # bytes, as we asked
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.elements = {}
                self.session_id = message.new_session.initialize.session_id
            elif kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self.elements[tuple(message.metadata.delta_path)] = message.delta.new_element
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return

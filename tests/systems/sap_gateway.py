"""What SAP's gateway puts in front of every service: a token against forged requests, bound to a session. And its bad days."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

COOKIE = "SAP_SESSIONID_X01_100"
PASSED_ON = ("authorization", "content-type", "accept", "prefer", "if-match")
SENT_BACK = ("content-type", "etag", "location", "odata-version", "dataserviceversion")


class Gateway:
    """An address in front of a server. A request that changes something needs the token of its session.

    Args:
        behind: the address of the server.
    """

    def __init__(self, behind: str) -> None:
        self.asked: list[tuple[str, str, int]] = []
        """Method, path and status of each answer, 0 where none was given."""
        self.bodies: list[bytes] = []
        """Of the batches that were admitted."""
        self.admits = True
        """Whether any token is good."""
        self.ends_after: int | None = None
        """After so many more writes all sessions end, once."""
        self.lost_answers = 0
        """So many batches are done, and their answer is lost."""
        self.takes_json_batches = True
        self.meanwhile: Callable[[], None] | None = None
        """What somebody else does just before the next batch arrives."""
        self._behind = httpx.Client(base_url=behind, timeout=300)
        self._sessions: dict[str, str] = {}
        """Session to its token."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def batches(self) -> list[int]:
        """The statuses of the batches so far."""
        return [status for method, path, status in self.asked if method == "POST" and path.endswith("$batch")]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._behind.close()

    def _new_session(self) -> dict[str, str]:
        session, token = secrets.token_hex(8), secrets.token_urlsafe(16)
        with self._lock:
            self._sessions[session] = token
        return {"x-csrf-token": token, "set-cookie": f"{COOKIE}={session}; path=/; HttpOnly"}

    def _admitted(self, session: str, token: str) -> bool:
        with self._lock:
            if self.ends_after == 0:
                self._sessions.clear()
            if self.ends_after is not None:
                self.ends_after = self.ends_after - 1 if self.ends_after else None
            return self.admits and secrets.compare_digest(self._sessions.get(session, secrets.token_hex(8)), token)

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        said = headers.get("x-csrf-token", "")
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        if method != "GET" and not self._admitted(cookie.value if cookie else "", said):
            return 403, {"x-csrf-token": "Required", "content-type": "text/plain"}, b"CSRF token validation failed"
        if path.endswith("$batch") and not self.takes_json_batches and "json" in headers["content-type"]:
            return 415, {"content-type": "text/plain"}, b"Unsupported Media Type"
        if path.endswith("$batch"):
            self.bodies.append(body)
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile:
                meanwhile()
        kept = {name: headers[name] for name in PASSED_ON if name in headers}
        answer = self._behind.request(method, path, headers=kept, content=body)
        if path.endswith("$batch") and self.lost_answers:
            self.lost_answers -= 1
            return None
        more = self._new_session() if method == "GET" and said.lower() == "fetch" else {}
        return (
            answer.status_code,
            {name: answer.headers[name] for name in SENT_BACK if name in answer.headers} | more,
            answer.content,
        )

    def _handler(gateway) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # inside, self is the request
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = gateway._answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                gateway.asked.append((self.command, self.path.partition("?")[0], answer[0] if answer else 0))
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_MERGE = _serve  # noqa: N815  # names that http.server calls

            def log_message(self, *args: object) -> None:
                """Nothing on the terminal."""

        return Handler


@contextmanager
def sap_gateway(behind: str) -> Iterator[Gateway]:
    """A gateway in front of the server at an address."""
    gateway = Gateway(behind)
    try:
        yield gateway
    finally:
        gateway.close()

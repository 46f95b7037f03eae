"""A system that answers each request after the same time and takes so many at once: OData V4 and Salesforce, in memory.

    python answering_server.py SECONDS AT_ONCE RECORDS

prints its port and serves until its input ends. In a test it runs in a thread; it keeps what it met, and locks can be ordered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
import threading
import time
from collections import Counter
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

METADATA = """<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="s" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="Customer"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String"/>
<Property Name="Name" Type="Edm.String"/><Property Name="Ext" Type="Edm.String"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="Customer" EntityType="s.Customer"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""
DESCRIBED = {"fields": [{"name": name, "type": "string"} for name in ("Id", "Name", "Ext__c")]}
GATHERING = 2.0
"""Seconds after the last arrival in which an update waits for others."""
STAMP = "2026-03-01T12:00:{:02d}.000+0000"
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_FILTER = re.compile(r"(\w+) eq '((?:[^']|'')*)'")


class AnsweringServer:
    """The system. `seconds` an answer takes; more than `at_once` requests get 429, with `retry_after` if that is given.

    With `gather` no update is answered before so many have been under way at once, or nothing more comes: who sends as many at
    once is seen to do it, however slowly.
    """

    def __init__(
        self, seconds: float, at_once: int, records: int = 0, *, retry_after: float | None = None, gather: bool = False
    ) -> None:
        self.seconds = seconds
        self.at_once = at_once
        self.retry_after = retry_after
        self.gather = gather
        self.records: dict[str, dict[str, Any]] = {
            f"K{n:06}": {"Id": f"K{n:06}", "Name": "old", "Ext": None, "version": 1} for n in range(records)
        }
        self.landed: Counter[str] = Counter()
        self.locked: Counter[str] = Counter()
        self.met: list[tuple[float, str, str, int]] = []
        self.refuse: dict[int, float] = {}  # number of a request to the pause that its 429 asks for
        self.idle = threading.Event()
        self.filled = threading.Event()  # as many requests are under way as it takes at once
        self.most = 0
        self.under_way = 0
        self.arrived = 0
        self._gathered = asyncio.Event()
        self._last = 0.0
        self._by_ext: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()

    # -- running

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self.serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)
        self._loop.close()

    async def serve(self) -> None:
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def finish(self) -> None:
        """Wait until nothing is under way, also of those who are no longer there to hear the answer."""
        assert self.idle.wait(120)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest) if value}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, address, _ = line.split(" ")
                status, more, answer = await self._answer(method, address, headers, body)
                fields = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\n{fields}\r\n".encode() + answer)
                await writer.drain()
        writer.close()

    async def _answer(self, method: str, address: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        begun = self._last = time.monotonic()
        self.arrived += 1
        if pause := self.refuse.pop(self.arrived, 0.0):
            self.met.append((begun, method, address, 429))
            return 429, {"Retry-After": str(pause)}, b"{}"
        if self.under_way >= self.at_once:
            self.met.append((begun, method, address, 429))
            return 429, {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}, b"{}"
        self.under_way += 1
        self.idle.clear()
        self.most = max(self.most, self.under_way)
        if self.under_way == self.at_once:
            self.filled.set()
            self._gathered.set()
        await asyncio.sleep(self.seconds)
        if self.gather and method == "PATCH":
            await self._gathered_or_alone()
        self.under_way -= 1
        status, said = self._done(method, unquote(address), headers, body)
        self.met.append((begun, method, address, status))
        if not self.under_way:
            self.idle.set()
        if isinstance(said, str):
            return status, {"Content-Type": "application/xml"}, said.encode()
        answer = b"" if said is None else json.dumps(said).encode()
        return status, {"Content-Type": "application/json"}, answer

    async def _gathered_or_alone(self) -> None:
        while not self._gathered.is_set() and (left := self._last + GATHERING - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gathered.wait(), left)

    def _done(self, method: str, address: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if address == "/figures":
            return 200, {"most": self.most, "met": len(self.met), "busy": sum(each[3] == 429 for each in self.met)}
        if address.startswith("/services/data/"):
            return self._salesforce(address.split("/", 4)[4], body)
        return self._odata(method, address.removeprefix("/"), headers, json.loads(body or b"null"))

    # -- OData

    def _odata(self, method: str, address: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        if address.startswith("$metadata"):
            return 200, METADATA
        if address == "$batch":
            parts = [
                (each["id"], self._odata(each["method"], each["url"], each["headers"], each["body"])) for each in body["requests"]
            ]
            return 200, {
                "responses": [{"id": id_, "status": status, "headers": {}, "body": said} for id_, (status, said) in parts]
            }
        if method == "GET":
            asked = _FILTER.findall(parse_qs(urlsplit(address).query).get("$filter", [""])[0])
            keys = [text if field == "Id" else self._by_ext.get(text, "") for field, text in asked]
            return 200, {"value": [_with_etag(self.records[key]) for key in keys if key in self.records]}
        if method == "POST":
            return 201, _with_etag(self.records[self._create(body, "Ext")])
        return self._changed(address, headers, body)

    def _changed(self, address: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        key = _QUOTED.findall(address)[0]
        if self.locked[key] > 0:
            self.locked[key] -= 1
            return 423, {"error": {"code": "LOCKED", "message": f"{key} is locked by SOMEBODY"}}
        record = self.records.get(key)
        if record is None or headers.get("if-match") != f'W/"{record["version"]}"':
            return 412, {"error": {"code": "412", "message": "Precondition failed"}}
        self._update(key, body)
        return 204, None

    # -- Salesforce

    def _salesforce(self, address: str, body: bytes) -> tuple[int, Any]:
        path, _, query = address.partition("?")
        if path.endswith("/describe"):
            return 200, DESCRIBED
        if path == "query":
            return 200, {"records": [_as_salesforce(record) for record in self._chosen(parse_qs(query)["q"][0])]}
        given = json.loads(body)
        if path.startswith("composite/"):
            return 200, [self._saved(each) for each in given["records"]]
        key = path.rpartition("/")[2]
        if self.locked[key] > 0:
            self.locked[key] -= 1
            return 400, [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record"}]
        self._update(key, given)
        return 204, None

    def _chosen(self, soql: str) -> list[dict[str, Any]]:
        values = _QUOTED.findall(soql.partition(" WHERE ")[2])
        keys = values if " WHERE Id IN" in soql else [self._by_ext.get(value, "") for value in values]
        return [self.records[key] for key in keys if key in self.records]

    def _saved(self, record: dict[str, Any]) -> dict[str, Any]:
        ext = record["Ext__c"]
        if self.locked[ext] > 0:
            self.locked[ext] -= 1
            return {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "locked", "fields": []}]}
        return {"success": True, "created": True, "id": self._create(record, "Ext__c"), "errors": []}

    # -- both

    def _create(self, values: dict[str, Any], field: str) -> str:
        key = f"N{len(self.records):014}"
        self.records[key] = {"Id": key, "Name": values["Name"], "Ext": values[field], "version": 1}
        self._by_ext[values[field]] = key
        self.landed[values[field]] += 1
        return key

    def _update(self, key: str, values: dict[str, Any]) -> None:
        record = self.records[key]
        record["Name"] = values["Name"]
        record["version"] += 1
        self.landed[key] += 1


def _with_etag(record: dict[str, Any]) -> dict[str, Any]:
    return {"@odata.etag": f'W/"{record["version"]}"', **record}


def _as_salesforce(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "Id": record["Id"],
        "Name": record["Name"],
        "Ext__c": record["Ext"],
        "SystemModstamp": STAMP.format(record["version"]),
    }


def main() -> None:
    seconds, at_once, records = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with AnsweringServer(seconds, at_once, records) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()

"""The lines to one system: as many as there are requests at once, each with a connection of its own that nobody else waits for.

A line is a transport of httpx. httpx's own looks through a pool under a lock before and after each request, sends head and body
apart, and lets every byte of an answer have the whole time-out again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from ssl import SSLContext
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from reconcile.connect.web.deadline import Deadline, DeadlineBackend

_KEPT_SECONDS = 5.0
"""So long a connection is kept while nothing is asked over it, as httpx does."""
_ERRORS: Mapping[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.ProxyError: httpx.ProxyError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


class Line(httpx.BaseTransport):
    """One request at a time, answered as a whole or not at all; follows no redirection, repeats nothing.

    Args:
        seconds: how long a request may take, from the connection to the last byte of its answer.
        trusted: the certificates.
    """

    def __init__(self, seconds: float, trusted: SSLContext) -> None:
        self._deadline = Deadline(seconds)
        self._trusted = trusted
        self._open: dict[tuple[bytes, bytes, int | None], httpcore.ConnectionInterface] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer with its body. Raises httpx.TransportError, and httpx.DecodingError for a body that can't be unpacked."""
        self._deadline.begin()
        scheme, host, port, target = request.url.raw_scheme, request.url.raw_host, request.url.port, request.url.raw_path
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=scheme, host=host, port=port, target=target),
            headers=request.headers.raw,
            content=request.stream,
        )
        try:
            answer = self._connection(request.url, asked.url.origin).handle_request(asked)
            try:
                body = answer.read()
            finally:
                answer.close()
        except tuple(_ERRORS) as error:
            named = next(name for kind, name in _ERRORS.items() if isinstance(error, kind))
            raise named(str(error), request=request) from error
        return httpx.Response(answer.status, headers=answer.headers, content=body, request=request)

    def _connection(self, url: httpx.URL, origin: httpcore.Origin) -> httpcore.ConnectionInterface:
        """The one that is open and of use still, or a new one. Raises httpx.UnsupportedProtocol."""
        if url.scheme not in ("http", "https") or not url.host:
            raise httpx.UnsupportedProtocol(f"{url.scheme or 'no scheme'}:// is no address of a web service")
        place = (url.raw_scheme, url.raw_host, url.port)
        connection = self._open.pop(place, None)
        if connection is not None and (not connection.is_available() or connection.has_expired()):
            connection.close()
            connection = None
        self._open[place] = connection = connection or self._way(url).create_connection(origin)
        return connection

    def _way(self, url: httpx.URL) -> httpcore.ConnectionPool:
        """What makes connections: straight, or through the proxy that the surroundings name, unless they except the host."""
        named = getproxies()
        address = named.get(url.scheme) or named.get("all")
        network, trusted = DeadlineBackend(self._deadline), self._trusted
        if not address or proxy_bypass(url.host) or proxy_bypass(url.netloc.decode("ascii")):
            return httpcore.ConnectionPool(ssl_context=trusted, keepalive_expiry=_KEPT_SECONDS, network_backend=network)
        try:
            proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
            kind = httpcore.SOCKSProxy if proxy.url.scheme.startswith("socks5") else httpcore.HTTPProxy
            return kind(
                str(proxy.url),
                proxy_auth=proxy.raw_auth,
                ssl_context=trusted,
                keepalive_expiry=_KEPT_SECONDS,
                network_backend=network,
            )
        except (ValueError, RuntimeError) as error:  # another kind of address, or no library for this one
            raise httpx.UnsupportedProtocol(f"the proxy for {url.scheme}:// can't be used: {type(error).__name__}") from error

    def close(self) -> None:
        """Close its connections."""
        while self._open:
            self._open.popitem()[1].close()


class Lines:
    """Lines for one request at a time. The one that was given back last goes out first, so that few are kept open.

    Args:
        seconds: how long a request may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._trusted = httpx.create_ssl_context()  # reading the certificates takes longer than a request
        self._cookies = CookieJar()  # a session is the system's with all of us, not with one line
        with httpx.Client(verify=self._trusted, trust_env=False) as client:
            self._asked = {name: (name, value) for name, value in {**client.headers, "accept": "application/json"}.items()}
        self._free: deque[Line] = deque()

    def request(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> httpx.Request:
        """A request with all that goes with each: what httpx says of itself, and the cookies. Raises httpx.InvalidURL."""
        named = self._asked | {name.lower(): (name, value) for name, value in headers.items()}
        return httpx.Request(method, url, headers=list(named.values()), content=content, cookies=self._cookies)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What comes back over a line that is free. Raises what `Line.handle_request` raises."""
        with self._one() as line:
            response = line.handle_request(request)
        if "set-cookie" in response.headers:
            httpx.Cookies(self._cookies).extract_cookies(response)
        return response

    @contextmanager
    def _one(self) -> Iterator[Line]:
        try:
            line = self._free.pop()
        except IndexError:
            line = Line(self._seconds, self._trusted)
        try:
            yield line
        finally:
            self._free.append(line)

    def close(self) -> None:
        """Close those that are free; nobody may have one."""
        while self._free:
            self._free.pop().close()

"""A small web of our own on loopback: pages that behave, and pages that do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Page = Callable[["_Handler"], None]


@dataclass
class Web:
    """The pages by path, and the requests that came: (path, headers)."""

    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [path for path, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    web: Web

    def do_GET(self) -> None:
        self.web.requests.append((self.path, dict(self.headers)))
        page = self.web.pages.get(self.path)
        if page is None:
            self.send_error(404)
            return
        with suppress(BrokenPipeError, ConnectionResetError):
            page(self)

    def reply(self, data: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        """A whole answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def page(text: str, kind: str = "text/html; charset=utf-8", etag: str | None = None) -> Page:
    """A page with this text; with an ETag it answers conditional requests."""

    def answer(handler: _Handler) -> None:
        if etag and handler.headers.get("If-None-Match") == etag:
            handler.send_response(304)
            handler.end_headers()
            return
        handler.reply(text.encode(), kind, **({"ETag": etag} if etag else {}))

    return answer


def binary(data: bytes, kind: str) -> Page:
    """A file."""
    return lambda handler: handler.reply(data, kind)


def redirect(address: str) -> Page:
    """A page that sends elsewhere."""

    def answer(handler: _Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", address)
        handler.end_headers()

    return answer


def endless(handler: _Handler) -> None:
    """A page that never ends, fast."""
    handler.reply(b"<p>")
    for _ in range(2000):
        handler.wfile.write(b"x" * 65536)


def dripping(handler: _Handler) -> None:
    """A page that never ends, slowly."""
    handler.reply(b"<p>")
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


@contextmanager
def web_of(pages: dict[str, Page]) -> Iterator[Web]:
    """Serve the pages."""
    web = Web(pages)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"web": web}))
    web.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

"""Our own OpenAI-compatible server: it says what the test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.encoders.hashing import HashEncoder

Reply = str | Callable[["_Handler"], None]


@dataclass
class Script:
    """What is answered next (the last reply repeats), and the requests that came."""

    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> Reply:
        """The next reply."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Handler(BaseHTTPRequestHandler):
    script: Script

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.script.requests.append(body)
        if self.path.endswith("/embeddings"):
            vectors = HashEncoder().embed_documents(body["input"])
            rows = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
            self.send_json(200, {"object": "list", "data": rows, "model": body["model"], "usage": {}})
            return
        reply = self.script.next()
        if callable(reply):
            reply(self)
        else:
            self.send_text(reply)

    def send_json(self, status: int, body: dict[str, Any]) -> None:
        """A JSON response."""
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send_text(self, text: str) -> None:
        """A streamed chat completion, three characters a piece."""
        self.start_stream()
        for start in range(0, len(text), 3):
            self.send_piece(text[start : start + 3])
        self.wfile.write(b"data: [DONE]\n\n")

    def start_stream(self) -> None:
        """The head of a stream."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

    def send_piece(self, text: str) -> None:
        """One piece of a stream."""
        delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def hang(handler: _Handler) -> None:
    """Start a reply and never go on."""
    handler.start_stream()
    handler.send_piece("训力券")
    handler.wfile.flush()
    time.sleep(5)


def fail(handler: _Handler) -> None:
    """Answer with an error."""
    handler.send_json(500, {"error": {"message": "boom", "type": "server_error"}})


def break_off(handler: _Handler) -> None:
    """Half a piece of JSON, then silence."""
    handler.start_stream()
    handler.wfile.write(b'data: {"id": "x", "choi\n\n')


@contextmanager
def scripted_llm(*replies: Reply) -> Iterator[tuple[str, Script]]:
    """(base address, script) of a running server."""
    script = Script(list(replies))
    handler = type("Handler", (_Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

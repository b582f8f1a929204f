"""Our own OpenAI-compatible server: it says what the test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
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
    over: threading.Event = field(default_factory=threading.Event)

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

    def send_json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        """A JSON response."""
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send_text(self, text: str) -> None:
        """A streamed chat completion, three characters a piece."""
        self.start_stream()
        for start in range(0, len(text), 3):
            self.send_piece(text[start : start + 3])
        self.send_raw(b"data: [DONE]\n\n")

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
        self.send_raw(f"data: {json.dumps(chunk)}\n\n".encode())

    def send_usage(self, prompt: int, completion: int) -> None:
        """The last piece, which says how many tokens were used."""
        used = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
        self.send_raw(f"data: {json.dumps(chunk | {'usage': used})}\n\n".encode())

    def send_raw(self, data: bytes) -> bool:
        """Bytes as they are; whether anybody still takes them."""
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            return False
        return not self.script.over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait; whether the test is over meanwhile."""
        return self.script.over.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def hang(handler: _Handler) -> None:
    """Start a reply and never go on."""
    handler.start_stream()
    handler.send_piece("训力券")
    handler.wfile.flush()
    handler.wait(30)


def silence(handler: _Handler) -> None:
    """Take the request and say nothing at all."""
    handler.wait(30)


def keep_alive(handler: _Handler) -> None:
    """Comments that keep the line alive, and nothing else."""
    handler.start_stream()
    while not handler.wait(0.1):
        handler.send_raw(b": still there\n\n")


def trickle(text: str, seconds: float = 1.0) -> Reply:
    """A character at a time, slowly."""

    def reply(handler: _Handler) -> None:
        handler.start_stream()
        for char in text:
            if handler.wait(seconds):
                return
            handler.send_piece(char)

    return reply


def slow_head(handler: _Handler) -> None:
    """The head of the response, a byte at a time."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 1000:
        if handler.wait(0.1):
            return
        handler.send_raw(bytes([byte]))


def fail(handler: _Handler) -> None:
    """Answer with an error."""
    handler.send_json(500, {"error": {"message": "boom", "type": "server_error"}})


def refuse(status: int, retry_after: str | None = None) -> Reply:
    """Answer with an error, and perhaps with when to come again."""

    def reply(handler: _Handler) -> None:
        headers = {"Retry-After": retry_after} if retry_after is not None else {}
        handler.send_json(status, {"error": {"message": "not now", "type": "error"}}, headers)

    return reply


def report(prompt: int, completion: int) -> Reply:
    """A reply whose last piece reports what it took, as services do when they are asked to."""

    def reply(handler: _Handler) -> None:
        handler.start_stream()
        handler.send_piece("好")
        handler.send_usage(prompt, completion)
        handler.send_raw(b"data: [DONE]\n\n")

    return reply


def break_off(handler: _Handler) -> None:
    """Half a piece of JSON, then silence."""
    handler.start_stream()
    handler.send_raw(b'data: {"id": "x", "choi\n\n')


def hang_up(handler: _Handler) -> None:
    """Half a sentence, then a cut line."""
    handler.start_stream()
    handler.send_piece('{"claim": "语料券最高资')
    handler.connection.shutdown(2)


def no_stream(handler: _Handler) -> None:
    """A page of HTML where a stream was asked for."""
    data = b"<html><body>502 Bad Gateway</body></html>"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def megabyte(handler: _Handler) -> None:
    """A megabyte of text in one piece."""
    handler.start_stream()
    handler.send_piece("语料券最高资助900万元[1]。" * 60_000)


def endless(handler: _Handler) -> None:
    """Bytes without end and without a line end."""
    handler.start_stream()
    while handler.send_raw(b"data: " + b"x" * 2**16):
        pass


def claims(*said: tuple[str, int | list[int]]) -> str:
    """What an honest model writes: a claim a line, each with the numbers of its passages."""
    rows = ((text, [cited] if isinstance(cited, int) else cited) for text, cited in said)
    return "\n".join(json.dumps({"claim": t, "passages": c}, ensure_ascii=False) for t, c in rows)


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
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)

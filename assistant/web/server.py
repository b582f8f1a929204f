"""Everything under one address: routes first, the chat at `/` last (a mounted chat swallows what follows)."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse

from assistant import __version__
from assistant.errors import InputError, NothingIngested
from assistant.web.api import api_router
from assistant.web.guard import guard
from assistant.web.pages import page_router
from assistant.web.problems import install_problem_handlers
from assistant.wiring import Application

STATIC = Path(__file__).parent / "static"


def build_server(application: Application) -> FastAPI:
    """The whole web application."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    app = FastAPI(title="问策 Wence", version=__version__, description="问扶持政策，答案句句有出处。")
    origins = [o.strip() for o in application.settings.allowed_origins.split(",") if o.strip()]
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_credentials=False,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type", "Accept", "Last-Event-ID"],
    )
    install_problem_handlers(app)
    guard(app, application.settings)
    app.include_router(api_router(application))
    app.include_router(page_router(application))

    @app.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
    def widget() -> FileResponse:
        return FileResponse(
            STATIC / "widget.js", media_type="text/javascript", headers={"Cache-Control": "max-age=300"}
        )

    import gradio

    from assistant.web.chat import build_chat, theme

    chat = build_chat(application)
    css = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("chat.css", "form.css"))
    gradio.mount_gradio_app(app, chat, path="/", theme=theme(), css=css, show_error=False, max_file_size=1)
    return app


def serve(application: Application, host: str, port: int) -> None:
    """Serve until stopped; raises at once when there is nothing to answer from or the address is taken."""
    if application.catalog.generation() is None:
        raise NothingIngested
    _refuse_taken(host, port)
    application.knowledge.snapshot()
    server = uvicorn.Server(
        uvicorn.Config(build_server(application), host=host, port=port, log_level="warning")
    )
    print(f"问策已在 http://{host}:{port} 开始服务，按 Ctrl+C 停止。", file=sys.stderr, flush=True)  # noqa: T201
    threading.Thread(target=_warm, args=(application, server), daemon=True).start()
    server.run()


def _warm(application: Application, server: uvicorn.Server) -> None:
    """Load the model once pages are served: nobody waits for it who does not ask within the first second."""
    while not server.started and not server.should_exit:
        time.sleep(0.05)
    application.encoder.embed_query("预热")


def _refuse_taken(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise InputError(
            f"不能在 {host}:{port} 监听（可能已被占用或地址不对）：请换 --port 或 --host。"
        ) from error

"""Everything under one address: routes first, the chat at `/` last (a mounted chat swallows what follows)."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse

from assistant import __version__
from assistant.errors import NothingIngested
from assistant.web.api import api_router
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
    app.include_router(api_router(application))
    app.include_router(page_router(application))

    @app.get("/widget.js", include_in_schema=False)
    def widget() -> FileResponse:
        return FileResponse(
            STATIC / "widget.js", media_type="text/javascript", headers={"Cache-Control": "max-age=300"}
        )

    import gradio

    from assistant.web.chat import build_chat, theme

    chat = build_chat(application)
    css = (STATIC / "chat.css").read_text(encoding="utf-8")
    gradio.mount_gradio_app(app, chat, path="/", theme=theme(), css=css, show_error=False)
    return app


def serve(application: Application, host: str, port: int) -> None:
    """Serve until stopped; raises NothingIngested at once when there is nothing to answer from."""
    import uvicorn

    if application.catalog.generation() is None:
        raise NothingIngested
    application.knowledge.snapshot()
    application.encoder.embed_query("预热")
    uvicorn.run(build_server(application), host=host, port=port, log_level="warning")

"""Everything under one address: routes first, the chat at `/` last (a mounted chat swallows what follows)."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from assistant import __version__
from assistant.errors import InputError, NothingIngested
from assistant.mcp_server import build_http
from assistant.steps.screen import screen
from assistant.web.addresses import public_address
from assistant.web.api import add_rest, api_router
from assistant.web.body_limit import BodyLimit
from assistant.web.callers import Callers, caller_of
from assistant.web.error_pages import ErrorPages
from assistant.web.follow import Follower
from assistant.web.gradio_import import import_gradio
from assistant.web.guard import Cors, Guard
from assistant.web.limits import RateLimits
from assistant.web.metrics import Measured, Metrics
from assistant.web.openai_api import openai_router
from assistant.web.openapi import describe, docs_router
from assistant.web.pages import page_router
from assistant.web.problems import install_problem_handlers
from assistant.web.scripts import widget_script
from assistant.web.site_api import add_site_api
from assistant.web.sites import add_sites
from assistant.web.streams import AnswerStreams
from assistant.web.widget import add_widget
from assistant.wiring import Application

STATIC = Path(__file__).parent / "static"


def build_server(application: Application) -> FastAPI:
    """The whole web application."""
    import_gradio()
    streams, metrics = AnswerStreams(application.pipeline), Metrics()
    limits, follower = RateLimits(application.settings), Follower(application.settings)
    application.pipeline.observe(metrics.answered)
    mcp, mcp_sessions = build_http(
        application,
        lambda request: caller_of(request).site,
        lambda request: public_address(application.settings, request),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        follower.start()
        async with mcp_sessions.run():
            yield
        await run_in_threadpool(follower.close)
        streams.close()
        await limits.close()

    app = FastAPI(
        title="问策 Wence",
        version=__version__,
        description="问扶持政策，答案句句有出处。",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    origins = frozenset(o.strip() for o in application.settings.allowed_origins.split(",") if o.strip())
    _protect(app, application, metrics, limits, origins)
    install_problem_handlers(app)
    describe(app)
    api = api_router(application, streams)
    add_sites(api, application, origins)
    add_site_api(api, application)
    widget = add_widget(api, widget_script(), application.settings)
    add_rest(api)
    for router in (
        api,
        openai_router(application, streams),
        page_router(application),
        metrics.router(),
        docs_router(app, widget),
    ):
        app.include_router(router)
    app.router.routes += [Route(path, mcp) for path in ("/mcp", "/mcp/")]

    import gradio

    from assistant.web.chat import HEAD, build_chat, theme
    from assistant.web.staff.page import mount_staff

    mount_staff(app, application, follower)
    app.add_middleware(ErrorPages)
    chat = build_chat(application)
    css = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("chat.css", "form.css"))
    gradio.mount_gradio_app(
        app, chat, path="/", theme=theme(), css=css, head=HEAD, show_error=False, max_file_size=1
    )
    return app


def _protect(
    app: FastAPI, application: Application, metrics: Metrics, limits: RateLimits, origins: frozenset[str]
) -> None:
    """What every request passes before a route, the outermost added last."""
    settings = application.settings
    callers = Callers(application.access, origins, settings.require_key)
    app.add_middleware(BodyLimit, seconds=settings.body_timeout)
    app.add_middleware(Guard, callers=callers, limits=limits)
    app.add_middleware(Cors, callers=callers, public_origins=origins)
    app.add_middleware(Measured, metrics=metrics)


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
    screen("预热", [])
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

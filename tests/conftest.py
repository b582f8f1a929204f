"""Real parts throughout: the shipped model, Chroma, SQLite, HTTP servers on loopback, Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import hypothesis
import pytest
import uvicorn

from assistant.clock import FixedClock
from assistant.settings import Settings
from assistant.web.server import build_server
from assistant.wiring import Application
from ingest.gather import limits_of
from ingest.pipeline import Ingest, Report
from ingest.sources import collect, samples

TODAY = date(2026, 11, 22)
# A shared machine may be slow at any moment; how long an example takes is not what these tests are about.
hypothesis.settings.register_profile("wence", deadline=None)
hypothesis.settings.load_profile("wence")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


# Debian keeps the programs of a PostgreSQL server out of the path.
INITDB = shutil.which("initdb") or max(
    (str(p) for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None
)


def _office_part(library: str) -> str | None:
    """LibreOffice, where the part of it with this library is installed as well."""
    office = shutil.which("soffice")
    return office if office and (Path(office).resolve().parent / library).is_file() else None


PROGRAMS = {
    "browser": CHROMIUM,
    "curl": shutil.which("curl"),
    "office": shutil.which("soffice"),
    "office_sheets": _office_part("libsclo.so"),
    "office_slides": _office_part("libsdlo.so"),
    "postgresql": INITDB,
    "redis": shutil.which("redis-server"),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that drive Chromium, LibreOffice and the like run where it is found; CI requires all and fails without."""
    for marker, program in PROGRAMS.items():
        needing = [item for item in items if item.get_closest_marker(marker)]
        if program or not needing:
            continue
        if os.environ.get("WENCE_TEST_PROGRAMS") == "required":
            raise pytest.UsageError(f"the program that the {marker} tests drive was not found (see .ci/run)")
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]
        print(f"\nThe program for the {marker} tests was not found: {len(needing)} tests were not selected")


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The converted embedding model, shared by all tests of a run."""
    return tmp_path_factory.mktemp("models")


def make_settings(home: Path, **values: object) -> Settings:
    """Settings that depend on nothing but the arguments."""
    return Settings(_env_file=None, home=home, **values)  # type: ignore[arg-type]


def ingest_paths(application: Application, *paths: Path | str, rebuild: bool = False) -> Report:
    """Run an ingest of paths."""
    limits = limits_of(application)
    run = Ingest(application.settings.home, application.catalog, application.encoder, limits)
    return run.run(collect([str(p) for p in paths], limits), rebuild=rebuild)


@pytest.fixture
def application(tmp_path: Path) -> Application:
    """An empty home with the hash encoder."""
    return Application(make_settings(tmp_path / "home", embedding_model="hash"), FixedClock(TODAY))


@pytest.fixture(scope="session")
def wence(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Application:
    """The sample knowledge base, embedded with the shipped model, as of 2026-11-22."""
    home = tmp_path_factory.mktemp("home")
    application = Application(make_settings(home, model_cache=model_cache), FixedClock(TODAY))
    run = Ingest(home, application.catalog, application.encoder, limits_of(application))
    assert run.run(samples()).failed == []
    return application


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(application: Application) -> Iterator[str]:
    """The web application on a real port; gives its address."""
    port = free_port()
    config = uvicorn.Config(build_server(application), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
        assert thread.is_alive(), "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def address(wence: Application) -> Iterator[str]:
    """The sample knowledge base, served."""
    with served(wence) as url:
        yield url

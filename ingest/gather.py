"""What a run of `wence ingest` is to read: paths, addresses with their attachments, the due sites, the samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urljoin

from assistant.errors import InputError, SourceError
from assistant.followed import Site, due, load_sites
from assistant.page_store import PageStore
from assistant.wiring import Application
from ingest.columns import look_at
from ingest.fetch import Fetcher
from ingest.readers.html import read_html
from ingest.readers.plain import decode
from ingest.reading import Limits, Link
from ingest.sources import Collected, SourceFile, collect, samples

Step = Callable[[str, int, int], None]


def limits_of(application: Application) -> Limits:
    """The bounds that the settings give."""
    settings = application.settings
    return Limits(settings.max_file_mb, settings.max_pages, settings.home / "ocr")


def gather(
    application: Application, paths: list[str], due_only: bool, rebuild: bool, step: Step
) -> Collected:
    """Everything to read; raises InputError when nothing was asked for."""
    settings = application.settings
    if due_only:
        store = PageStore(settings.home)
        try:
            sites = (
                _named(load_sites(settings.home), paths) if paths else due(load_sites(settings.home), store)
            )
            return _fetched(application, sites, store, step, followed=True)
        finally:
            store.close()
    if paths:
        found = collect(paths, limits_of(application))
        if found.addresses:
            store = PageStore(settings.home)
            try:
                fetched = _fetched(application, [Site(address=a) for a in found.addresses], store, step)
            finally:
                store.close()
            found.files += fetched.files
            found.failed |= fetched.failed
        return found
    if settings.samples:
        return samples()
    if rebuild:
        return Collected()
    raise InputError("没有可导入的：WENCE_SAMPLES=0 时请给出文件或文件夹的路径。")


def _named(sites: list[Site], addresses: list[str]) -> list[Site]:
    """Those of the list that were named, due or not."""
    if unknown := set(addresses) - {site.address for site in sites}:
        raise InputError(f"{'、'.join(sorted(unknown))} 不在 sources.yaml 里：--due 只用于清单里的网址。")
    return [site for site in sites if site.address in addresses]


def fetcher_of(application: Application, store: PageStore) -> Fetcher:
    """A fetcher as the settings say."""
    settings = application.settings
    return Fetcher(
        store,
        limits_of(application),
        timeout=settings.fetch_timeout,
        pause=settings.fetch_pause,
        allow_private=settings.fetch_private,
    )


def _fetched(
    application: Application, sites: list[Site], store: PageStore, step: Step, followed: bool = False
) -> Collected:
    found = Collected()
    fetcher = fetcher_of(application, store)
    try:
        for number, site in enumerate(sites, 1):
            if followed:
                tell = partial(step, "fetch")
                look_at(site, fetcher, store, found, _fetch_one, tell)
            else:
                _fetch_one(fetcher, site, found)
            step("fetch", number, len(sites))
    finally:
        fetcher.close()
    return found


def _fetch_one(fetcher: Fetcher, site: Site, found: Collected) -> None:
    """The page and, for a web page, its attachments; what fails says why and the rest goes on."""
    try:
        page = fetcher.fetch(site.address, site.declared)
    except SourceError as error:
        found.failed[site.address] = str(error)
        return
    found.files.append(page)
    for link in _attachments(page):
        address = urljoin(site.address, link.address)
        try:
            attached = fetcher.fetch(address, site.declared)
        except SourceError as error:
            found.failed[address] = str(error)
            continue
        title = {"title": link.text} if len(link.text) >= 6 and attached.suffix != ".html" else {}
        found.files.append(replace(attached, declared={**attached.declared, **title}))


def _attachments(page: SourceFile) -> tuple[Link, ...]:
    if page.suffix not in (".html", ".htm") or page.data is None:
        return ()
    try:
        return read_html(decode(page.data)).attachments
    except SourceError:
        return ()  # reading the page itself will say so

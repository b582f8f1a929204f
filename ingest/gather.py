"""What a run of `wence ingest` is to read: paths, addresses with their attachments, the due sites, the samples."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urljoin, urlsplit

from assistant.errors import InputError, SourceError
from assistant.followed import Site, due, load_sites
from assistant.page_store import PageStore
from assistant.wiring import Application
from ingest.beside import with_parts
from ingest.columns import look_at
from ingest.fetch import Fetcher
from ingest.readers.html import FramedPage, links_of, read_html
from ingest.readers.plain import decode
from ingest.reading import Limits
from ingest.sources import PAGES, Collected, Part, SourceFile, collect, samples

_MOST_PARTS = 30  # files and further pages of one paper
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
        found.files = with_parts(found.files)
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
    """The page with what hangs on it; what fails says why and the rest goes on."""
    try:
        page = _framed(fetcher, fetcher.fetch(site.address, site.declared), site)
    except SourceError as error:
        found.failed[site.address] = str(error)
        return
    parts: list[Part] = []
    queue = [(site.address, page)]
    seen = {site.address}
    while queue:
        base, file = queue.pop(0)
        for link in links_of(file.data) if file.suffix in PAGES and file.data else ():
            address = urljoin(base, link.address)
            if address in seen or (link.is_page and not _is_same_paper(base, address)):
                continue
            seen.add(address)
            if len(seen) > _MOST_PARTS:
                parts.append(Part(link.text, missing=f"超过每份文件 {_MOST_PARTS} 个的上限"))
                continue
            try:
                part = fetcher.fetch(address, site.declared)
            except SourceError as error:
                parts.append(Part(link.text, missing=str(error), is_page=link.is_page))
                continue
            parts.append(Part(link.text, part, is_page=link.is_page))
            if link.is_page:
                queue.append((address, part))
    found.files.append(replace(page, parts=tuple(parts)))


def _framed(fetcher: Fetcher, page: SourceFile, site: Site) -> SourceFile:
    """The page itself, or the frame that holds its text under the page's own address."""
    if page.suffix not in PAGES or page.data is None:
        return page
    try:
        read_html(decode(page.data))
    except FramedPage as error:
        frame = fetcher.fetch(urljoin(site.address, error.address), site.declared)
        return replace(frame, source=page.source, declared=page.declared)
    except SourceError:
        pass  # reading the page itself will say so
    return page


def _is_same_paper(page: str, following: str) -> bool:
    """Whether an address is a further page of a paper: /t1.html → /t1_2.html, or the same with another query."""
    a, b = urlsplit(page), urlsplit(following)
    stem = re.sub(r"(?:[_-]\d{1,2})?\.\w+$", "", a.path)
    return a.netloc == b.netloc and (b.path.startswith(stem) if a.path != b.path else a.query != b.query)

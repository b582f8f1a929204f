"""Addresses → `SourceFile`s, politely: robots, pauses, conditional requests, limits, no way into private networks."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpcore
import httpx

from assistant import __version__
from assistant.errors import SourceError
from assistant.page_store import PageStore
from ingest.reading import Limits
from ingest.sources import SUFFIXES, SourceFile

AGENT = f"WenceBot/{__version__}"
_REDIRECTS = 5
_SUFFIX_OF_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/msword": ".doc",
    "application/rtf": ".rtf",
    "application/ofd": ".ofd",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "image/png": ".png",
    "image/jpeg": ".jpg",
}


class _PublicOnly(httpcore.NetworkBackend):
    """Connects only to public addresses; the address checked is the one connected to."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: {error}") from error
        addresses = [str(info[4][0]) for info in found]
        if not all(ipaddress.ip_address(a.split("%")[0]).is_global for a in addresses):
            raise SourceError("网址指向内部网络，不予抓取：请给出公网地址。")
        return self._plain.connect_tcp(addresses[0], port, *arguments, **options)


@dataclass
class Fetcher:
    """Fetches addresses one after the other; `allow_private` is for tests and intranets only."""

    store: PageStore
    limits: Limits
    timeout: float = 30
    pause: float = 1.0
    allow_private: bool = False
    landed: dict[str, str] = field(default_factory=dict)
    """Address → where its redirects led, for links on the page."""
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        transport = httpx.HTTPTransport(trust_env=False)
        if not self.allow_private:
            transport._pool._network_backend = _PublicOnly()
        self._client = httpx.Client(
            transport=transport,
            headers={"User-Agent": AGENT, "Accept-Language": "zh-CN,zh;q=0.9"},
            timeout=httpx.Timeout(self.timeout, connect=10),
            follow_redirects=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def fetch(self, address: str, declared: dict[str, Any] | None = None) -> SourceFile:
        """The paper at an address; what has not changed comes from the kept bytes. Raises SourceError."""
        known = self.store.page(address)
        headers = {}
        if known and self.store.bytes_of(known):
            headers = {"If-None-Match": known.etag or "", "If-Modified-Since": known.last_modified or ""}
        response, data, final = self._get(address, {k: v for k, v in headers.items() if v})
        self.landed[address] = final
        if response.status_code == 304 and known:
            self.store.touch(address)
            data = self.store.bytes_of(known) or b""
            name = known.name or "page.html"
        else:
            name = _name_of(final, response.headers)
            etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
            self.store.keep(address, data, name, etag, modified)
        return SourceFile(address, Path(name), data=data, declared=_declared(address, declared))

    def _get(self, address: str, headers: dict[str, str]) -> tuple[httpx.Response, bytes, str]:
        deadline = time.monotonic() + self.timeout
        for _ in range(_REDIRECTS + 1):
            self._check(address)
            self._wait(address)
            try:
                with self._client.stream("GET", address, headers=headers) as response:
                    if response.has_redirect_location:
                        address = urljoin(address, response.headers.get("location", ""))
                        continue
                    if response.status_code == 304:
                        return response, b"", address
                    if response.status_code >= 400:
                        raise SourceError(f"网页答复 {response.status_code}：请检查网址，或稍后再试。")
                    return response, self._body(response, deadline), address
            except (httpx.HTTPError, httpx.InvalidURL, httpcore.NetworkError) as error:
                raise SourceError(
                    f"网址连不上或没有按时答复（{type(error).__name__}）：请检查网址。"
                ) from error
        raise SourceError("网址转来转去，超过 5 次：请给出最终的网址。")

    def _body(self, response: httpx.Response, deadline: float) -> bytes:
        most = int(self.limits.max_mb * 1_000_000)
        data = bytearray()
        for piece in response.iter_bytes():
            data += piece
            if len(data) > most:
                raise SourceError(
                    f"网页超过 {self.limits.max_mb:g} MB 仍未结束：请调大 WENCE_MAX_FILE_MB 或换个网址。"
                )
            if time.monotonic() > deadline:
                raise SourceError(
                    f"网页 {self.timeout:g} 秒还没有传完：请稍后再试，或调大 WENCE_FETCH_TIMEOUT。"
                )
        return bytes(data)

    def _check(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SourceError("不是网址（http 或 https）：请检查。")
        if parts.username or parts.password:
            raise SourceError("网址里带有用户名或密码：请去掉。")
        if not self._allowed(parts.scheme, parts.netloc, address):
            raise SourceError("网站的 robots.txt 不许抓取这个网址：请人工下载后导入文件。")

    def _allowed(self, scheme: str, netloc: str, address: str) -> bool:
        site = f"{scheme}://{netloc}"
        if site not in self._robots:
            rules = RobotFileParser()
            try:
                answer = self._client.get(f"{site}/robots.txt")
                rules.parse(answer.text.splitlines()[:2000] if answer.status_code == 200 else [])
            except httpx.HTTPError as error:
                raise SourceError(f"网址连不上（{type(error).__name__}）：请检查网址。") from error
            self._robots[site] = rules
        return self._robots[site].can_fetch(AGENT, address)

    def _wait(self, address: str) -> None:
        """At most one request a `pause` to the same host."""
        host = urlsplit(address).netloc
        wait = self._last.get(host, -1e9) + self.pause - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last[host] = time.monotonic()


def _declared(address: str, declared: dict[str, Any] | None) -> dict[str, Any]:
    """What the address itself tells: government hosts are official."""
    host = urlsplit(address).hostname or ""
    if host.endswith(".gov.cn"):
        return {"url": address, "confidence": "official", **(declared or {})}
    return {"seen_at": (address,), **(declared or {})}


def _name_of(address: str, headers: httpx.Headers) -> str:
    """A file name with an extension that says how to read it: from the header, the path, the content type."""
    disposition = headers.get("content-disposition", "")
    if hit := re.search(r"filename\*=(?:UTF-8'')?([^;]+)", disposition, re.I) or re.search(
        r'filename="?([^";]+)', disposition, re.I
    ):
        return Path(unquote(hit[1].strip())).name
    stem = Path(unquote(urlsplit(address).path)).name or "page"
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    wanted = _SUFFIX_OF_TYPE.get(kind)
    if Path(stem).suffix.lower() in (*SUFFIXES, ".zip") and wanted in (
        None,
        Path(stem).suffix.lower(),
        ".txt",
    ):
        return stem
    return f"{Path(stem).stem or 'page'}{wanted or '.html'}"

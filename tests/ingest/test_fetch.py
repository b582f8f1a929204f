"""Fetching addresses: polite, bounded, never into private networks, and nothing lost when a page misbehaves."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.articles import article_at
from assistant.errors import InputError, SourceError
from assistant.followed import due, load_sites
from assistant.page_store import PageStore
from assistant.wiring import Application
from ingest.fetch import Fetcher
from ingest.gather import gather, limits_of
from ingest.pipeline import Ingest, Report
from ingest.reading import Limits
from tests.conftest import make_settings
from tests.ingest import files
from tests.ingest.web_server import binary, dripping, endless, page, redirect, web_of

PAPER = files.html_page("某市办法", "<p>第一条 对象为企业。</p><p>第二条 最高80万元。</p>")


@contextmanager
def fetcher(home: Path, private: bool = True, **values: object) -> Iterator[Fetcher]:
    store = PageStore(home)
    made = Fetcher(store, Limits(max_mb=1), pause=0, allow_private=private, **values)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()
        store.close()


def intranet(tmp_path: Path, **values: object) -> Application:
    known = {
        "embedding_model": "hash",
        "fetch_private": True,
        "fetch_pause": 0,
        "fetch_timeout": 3,
        "max_file_mb": 1,
    }
    return Application(make_settings(tmp_path / "home", **(known | values)))


def ingest(application: Application, *paths: str, due_only: bool = False) -> Report:
    found = gather(application, list(paths), due_only, False, lambda *_: None)
    home, limits = application.settings.home, limits_of(application)
    return Ingest(home, application.catalog, application.encoder, limits).run(found)


def test_a_page_and_its_attachments_are_one_paper(tmp_path: Path) -> None:
    attachment = tmp_path / "a.docx"
    files.write_numbered_docx(attachment)
    body = (
        "<p>第一条 对象为企业。</p><p>附件：1.<a href='/files/a.docx'>某市模型补贴指南</a></p>"
        "<p>2.<a href='/files/gone.xlsx'>标准表</a></p>"
    )
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    pages = {
        "/policy/1.html": page(files.html_page("某市办法", body)),
        "/files/a.docx": binary(attachment.read_bytes(), word),
    }
    with web_of(pages) as web:
        application = intranet(tmp_path)
        report = ingest(application, f"{web.address}/policy/1.html")
        again = ingest(application, f"{web.address}/policy/1.html")
    assert (report.added, report.failed, again.unchanged) == (1, [], 1)
    ((head, _),) = application.catalog.heads().values()
    assert head.title == "某市办法" and head.seen_at == (f"{web.address}/policy/1.html",)
    document = application.catalog.document(head.id)
    assert document is not None
    start = document.text.index("按服务费用的最高20%")
    assert (article_at(document.sections, start) or "").startswith("附件1")
    assert any("标准表" in note and "没有读到" in note for note in head.notes)
    assert len(list((application.settings.home / "raw").iterdir())) == 2


def test_the_pages_of_one_paper_are_joined(tmp_path: Path) -> None:
    first = "<p>第一条 对象为企业。</p><p>第二条 最高80万元。</p><div><a href='t1_2.html'>下一页</a></div>"
    second = "<p>第三条 自2026年1月1日起施行。</p><div><a href='t1.html'>上一页</a> <a href='/other/9.html'>下一页</a></div>"
    pages = {
        "/a/t1.html": page(files.html_page("某市办法", first)),
        "/a/t1_2.html": page(files.html_page("某市办法", second)),
        "/other/9.html": page(files.html_page("另一份文件", "<p>第一条 最高999万元。</p>")),
    }
    with web_of(pages) as web:
        application = intranet(tmp_path)
        assert ingest(application, f"{web.address}/a/t1.html").added == 1
    ((head, _),) = application.catalog.heads().values()
    document = application.catalog.document(head.id)
    assert document is not None and document.text.splitlines() == [
        "某市办法", "第一条 对象为企业。", "第二条 最高80万元。", "第三条 自2026年1月1日起施行。",
    ]  # fmt: skip


def test_the_text_in_a_frame_is_read_for_its_page(tmp_path: Path) -> None:
    outer = "<html><head><title>某市办法</title></head><body><div>首页</div><iframe src='/in/1.html'></iframe></body></html>"
    with web_of({"/1.html": page(outer), "/in/1.html": page(PAPER)}) as web:
        application = intranet(tmp_path)
        assert ingest(application, f"{web.address}/1.html").added == 1
    assert list(application.catalog.sources()) == [f"{web.address}/1.html"]


def test_what_has_not_changed_is_asked_for_conditionally(tmp_path: Path) -> None:
    with web_of({"/1.html": page(PAPER, etag='"v1"')}) as web:
        application = intranet(tmp_path)
        assert ingest(application, f"{web.address}/1.html").added == 1
        second = ingest(application, f"{web.address}/1.html")
        assert (second.unchanged, second.embedded) == (1, 0)
        headers = [h for path, h in web.requests if path == "/1.html"]
        assert headers[1]["If-None-Match"] == '"v1"'
        assert headers[0]["User-Agent"].startswith("WenceBot/")
        web.pages["/1.html"] = page(PAPER.replace("最高80万元", "最高90万元"), etag='"v2"')
        third = ingest(application, f"{web.address}/1.html")
    assert third.updated == 1
    (change,) = third.changes
    assert change["clauses"] == [
        {"article": "第二条", "before": "第二条 最高80万元。", "after": "第二条 最高90万元。"}
    ]


def test_misbehaving_addresses_say_why_and_the_others_go_in(tmp_path: Path) -> None:
    pages = {
        "/robots.txt": page("User-agent: *\nDisallow: /secret/\n", "text/plain"),
        "/good.html": page(PAPER),
        "/secret/1.html": page(PAPER),
        "/endless.html": endless,
        "/dripping.html": dripping,
        "/round.html": redirect("/round.html"),
    }
    with web_of(pages) as web:
        application = intranet(tmp_path)
        names = ["good", "secret/1", "endless", "dripping", "round", "missing"]
        started = time.monotonic()
        report = ingest(
            application, *(f"{web.address}/{name}.html" for name in names), "http://127.0.0.1:9/x.html"
        )
        assert time.monotonic() - started < 30
        assert "/secret/1.html" not in web.paths()
    assert report.added == 1 and report.exit_code == 1
    failed = {f["source"].removeprefix(web.address): f["reason"] for f in report.failed}
    for path, word in (
        ("/secret/1.html", "robots"),
        ("/endless.html", "WENCE_MAX_FILE_MB"),
        ("/dripping.html", "秒"),
        ("/round.html", "5 次"),
        ("/missing.html", "404"),
        ("http://127.0.0.1:9/x.html", "连不上"),
    ):
        assert word in failed[path], failed[path]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x", "http://localhost/x", "http://[::1]/x", "http://10.0.0.8/x", "http://169.254.169.254/latest",
        "http://192.168.1.1/", "http://0.0.0.0/x", "http://[::ffff:127.0.0.1]/x",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(tmp_path: Path, address: str) -> None:
    with fetcher(tmp_path, private=False) as made, pytest.raises(SourceError, match="内部网络"):
        made.fetch(address)


def test_a_redirect_into_the_private_network_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is allowed by name here, the second is judged by its address like any other."""
    import ipaddress

    with web_of({"/robots.txt": page(""), "/1.html": redirect("http://10.9.8.7/inside")}) as web:
        real = ipaddress.ip_address
        public = real("8.8.8.8")
        monkeypatch.setattr(ipaddress, "ip_address", lambda a: public if a == "127.0.0.1" else real(a))
        with fetcher(tmp_path, private=False) as made, pytest.raises(SourceError, match="内部网络"):
            made.fetch(f"{web.address}/1.html")
        assert web.paths() == ["/robots.txt", "/1.html"]


@pytest.mark.parametrize("address", ["ftp://x/y", "file:///etc/passwd", "http://user:secret@example.org/"])
def test_what_is_no_plain_web_address_is_refused(tmp_path: Path, address: str) -> None:
    with fetcher(tmp_path) as made, pytest.raises(SourceError):
        made.fetch(address)


def test_requests_to_one_host_keep_a_pause(tmp_path: Path) -> None:
    with web_of({"/1.html": page(PAPER), "/2.html": page(PAPER)}) as web, fetcher(tmp_path) as made:
        made.pause = 0.3
        started = time.monotonic()
        made.fetch(f"{web.address}/1.html")
        made.fetch(f"{web.address}/2.html")
        assert time.monotonic() - started >= 0.3


def test_due_sites_are_refreshed(tmp_path: Path) -> None:
    with web_of(
        {"/1.html": page(PAPER), "/2.html": page(PAPER.replace("某市办法", "乙市细则").replace("80", "60"))}
    ) as web:
        application = intranet(tmp_path)
        application.settings.home.mkdir(parents=True)
        rows = [
            {"address": f"{web.address}/1.html", "kind": "政策", "region": "某市", "schedule": "1d"},
            {"address": f"{web.address}/2.html", "schedule": "2w"},
        ]
        listing = application.settings.home / "sources.yaml"
        listing.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        assert ingest(application, due_only=True).added == 2
        store = PageStore(application.settings.home)
        sites = load_sites(application.settings.home)
        assert due(sites, store) == []
        assert [s.schedule for s in due(sites, store, time.time() + 2 * 86400)] == ["1d"]
        store.close()
    heads = [head for head, _ in application.catalog.heads().values()]
    assert next(h for h in heads if h.title == "某市办法").region == "某市"
    listing.write_text("- address: http://x\n  schedule: often\n", encoding="utf-8")
    with pytest.raises(InputError, match="第 1 项"):
        load_sites(application.settings.home)

"""Columns: notices are found by structure, read once, looked at again within bounds, and one failure stops no other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from assistant.errors import InputError, SourceError
from assistant.followed import (
    Site,
    drop_site,
    due,
    followed,
    load_sites,
    next_look,
    put_site,
    retry_after,
    site_of,
)
from assistant.page_store import Look, Notice, PageStore
from assistant.wiring import Application
from ingest.columns import list_notices, read_list, registrable, remember
from ingest.gather import gather, limits_of
from ingest.pipeline import Ingest, Report
from tests.ingest import column_pages as pages
from tests.ingest.files import write_numbered_docx
from tests.ingest.test_fetch import fetcher, intranet
from tests.ingest.web_server import Page, Web, binary, page, redirect, web_of

Row = TypeVar("Row", Look, Notice)
COLUMN = "https://kj.yunlu.gov.cn/tzgg/index.html"


def found_in(html: str, address: str = COLUMN) -> list[tuple[str, str, str | None]]:
    return [(n.address, n.title, n.date) for n in read_list(html.encode(), address).notices]


# ------------------------------------------------------------------ the list


@pytest.mark.parametrize("count", [1, 2, 13, 40])
@pytest.mark.parametrize("shape", pages.SHAPES)
def test_the_list_is_found_in_any_shape(shape: str, count: int) -> None:
    rows = pages.rows_of(count)
    expected = [(f"https://kj.yunlu.gov.cn/tzgg{a[1:]}", title, day) for a, title, day in rows]
    assert found_in(pages.around(pages.SHAPES[shape](rows))) == expected


def test_a_title_is_whole_or_known_to_be_cut() -> None:
    long = "关于组织开展二〇二六年度云麓市软件外包补贴项目申报工作的通知"
    attribute = (
        f"<ul><li><a href='1.html' title='标题：{long}\n发布：2026-11-02'>{long[:12]}...</a></li></ul>"
    )
    inviting = f"<ul><li><p>{long}</p><a href='1.html' title='点击查看详细内容'>查看详情</a></li></ul>"
    for body in (attribute, inviting):
        [notice] = read_list(pages.around(f"{body}<i>2026-11-02</i>").encode(), COLUMN).notices
        assert (notice.title, notice.cut) == (long, False), body
    body = f"<ul><li><a href='1.html'>{long[:12]}…</a><i>2026-11-02</i></li></ul>"
    [notice] = read_list(pages.around(body).encode(), COLUMN).notices
    assert notice.cut


def test_links_go_where_the_page_says() -> None:
    row = "<li><a href='{}'>关于开展第一批软件外包补贴申报的通知</a> 2026-11-02</li>"
    for href, head, address in (
        ("t1.html", "<base href='/zwgk/tzgg/'>", "https://kj.yunlu.gov.cn/zwgk/tzgg/t1.html"),
        ("../a/detail.jsp?id=7#top", "", "https://kj.yunlu.gov.cn/a/detail.jsp?id=7"),
        ("//www.yunlu.gov.cn/a/1.html", "", "https://www.yunlu.gov.cn/a/1.html"),
        ("/a/1.html;jsessionid=A1B2", "", "https://kj.yunlu.gov.cn/a/1.html"),
    ):
        assert [a for a, _, _ in found_in(pages.around(row.format(href), head))] == [address]
    for elsewhere in ("https://www.other.gov.cn/a/1.html", "mailto:a1@b.cn", "https://gov.cn/a/1.html"):
        with_it = pages.around(row.format(elsewhere))
        assert elsewhere not in [a for a, _, _ in found_in(with_it)]


def test_what_one_owner_has_registered() -> None:
    for host, owned in (
        ("kj.yunlu.gov.cn", "yunlu.gov.cn"),
        ("www.yunlu.com", "yunlu.com"),
        ("a.b.yunlu.com.cn", "yunlu.com.cn"),
        ("www.yunlu.cn", "yunlu.cn"),
        ("127.0.0.1", "127.0.0.1"),
    ):
        assert registrable(host) == owned


def test_links_that_only_a_script_opens_are_said(tmp_path: Path) -> None:
    rows = "".join(
        f"<li><a href=\"javascript:openNews('{n}')\">关于第{n}批申报工作的通知</a></li>" for n in range(9)
    )
    listed = read_list(pages.around(f"<ul>{rows}</ul>").encode(), COLUMN)
    assert listed.scripted == 9
    with web_of({"/tzgg/": page(f"<html><body><ul>{rows}</ul></body></html>")}) as web:
        reason = failure(web, "/tzgg/", tmp_path)
    assert "脚本" in reason and "RSS" in reason


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        ("<a href='index_1.html'>下一页</a>", "index_1.html"),
        ("<a href='javascript:go(2)'>下一页</a><a href='?page=2'>2</a>", "index.html?page=2"),
        ("<span>1</span><a href='list_2.html'>2</a><a href='list_3.html'>3</a>", "list_2.html"),
        ("<a href='index_1.html' title='下一页'>&gt;</a>", "index_1.html"),
        ("<script>createPageHTML(12, 0, 'index', 'html');</script>", "index_1.html"),
        ("<script>createPageHTML('page_div',12, 1,'./index','shtml',233);</script>", "index_2.shtml"),
        ("<script>createPageHTML(1, 0, 'index', 'html');</script>", None),
        ("<a href='https://other.example/2.html'>下一页</a>", None),
        ("", None),
    ],
)
def test_the_next_page(pager: str, following: str | None) -> None:
    html = pages.around(pages.as_list(pages.rows_of(5)) + pager)
    listed = read_list(html.encode(), COLUMN)
    assert listed.next == (following and f"https://kj.yunlu.gov.cn/tzgg/{following}")
    assert len(listed.notices) == 5


def test_feeds_are_lists_and_json_is_none() -> None:
    rows = pages.rows_of(3, folder="https://kj.yunlu.gov.cn/a")
    assert [(a, t) for a, t, _ in found_in(pages.rss(rows))] == [(a, t) for a, t, _ in rows]
    assert [d for _, _, d in found_in(pages.rss(rows))] == [f"2026-11-{d[8:]}" for _, _, d in rows]
    assert found_in(pages.atom(rows)) == rows
    with pytest.raises(SourceError, match="JSON"):
        read_list('{"list": [{"title": "关于申报的通知"}]}'.encode(), COLUMN)


def test_a_feed_cannot_read_files_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for readers", encoding="utf-8")
    feed = (
        f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><rss><channel><item>"
        "<title>关于申报工作的通知&x;</title><link>https://kj.yunlu.gov.cn/1.html</link></item></channel></rss>"
    )
    assert "not for readers" not in str(read_list(feed.encode(), COLUMN))


def test_a_page_without_a_list_says_so(tmp_path: Path) -> None:
    with web_of({"/1.html": page(pages.notice("云麓市软件外包补贴办法"))}) as web:
        assert "没有认出通知列表" in failure(web, "/1.html", tmp_path)


# ------------------------------------------------------------------ a look


def failure(web: Web, path: str, folder: Path) -> str:
    """Why a look at a column fails."""
    with fetcher(folder) as made, pytest.raises(SourceError) as caught:
        list_notices(Site(address=f"{web.address}{path}", column=True), made)
    return str(caught.value)


def site_with(rows: Sequence[pages.Row], size: int = 20) -> dict[str, Page]:
    """A column over as many pages as it takes, and the page of every notice."""
    made: dict[str, Page] = {}
    parts = [rows[i : i + size] for i in range(0, len(rows), size)]
    for n, part in enumerate(parts):
        pager = f"<a href='index_{n + 1}.html'>下一页</a>" if n + 1 < len(parts) else ""
        name = f"index_{n}" if n else "index"
        made[f"/tzgg/{name}.html"] = page(pages.around(pages.as_list(part) + pager))
    for address, title, _ in rows:
        made[f"/tzgg{address[1:]}"] = page(pages.notice(title, f"<p>第一条 {title}，最高80万元。</p>"))
    return made


def a_column(tmp_path: Path, web: Web, **values: Any) -> Application:
    """A knowledge base that follows the column."""
    application = intranet(tmp_path, samples=False)
    site = {"address": f"{web.address}/tzgg/index.html", "column": True, "region": "云麓市", **values}
    put_site(application.settings.home, site_of(site))
    return application


def looked(application: Application, *addresses: str) -> Report:
    """One look, as `wence ingest --due` does it."""
    found = gather(application, list(addresses), True, False, lambda *_: None)
    home = application.settings.home
    report = Ingest(home, application.catalog, application.encoder, limits_of(application)).run(found)
    store = PageStore(home)
    try:
        remember(found, {f["source"]: f["reason"] for f in report.failed}, store)
    finally:
        store.close()
    return report


def later(application: Application, seconds: float) -> None:
    """As if so much time had passed since all that is remembered."""
    store = PageStore(application.settings.home)
    try:
        for one in followed(application.settings.home):
            look = one.look
            assert look
            moved = [_earlier(n, seconds) for n in one.notices]
            store.remember(_earlier(look, seconds), moved)
    finally:
        store.close()


def _earlier(row: Row, seconds: float) -> Row:
    names = ("looked_at", "succeeded_at", "first_seen", "last_listed", "taken_at", "tried_at")
    moments = {n: v - seconds for n in names if (v := getattr(row, n, None)) is not None}
    return row.model_copy(update=moments)


def test_sixty_notices_of_which_three_are_new_on_the_second_look(tmp_path: Path) -> None:
    rows = pages.rows_of(60)
    with web_of(site_with(rows)) as web:
        application = a_column(tmp_path, web, pages=5, most=100)
        assert looked(application).added == 60
        [one] = followed(application.settings.home)
        assert one.look and (one.look.listed, one.look.fresh, one.look.reason) == (60, 60, None)
        web.requests.clear()
        assert looked(application).added == 0 and web.requests == [], "not due yet"
        web.pages |= site_with([*pages.rows_of(3, first=61), *rows])
        later(application, 90_000)
        report = looked(application)
        asked = [p for p in web.paths() if p.startswith("/tzgg/")]
        assert (report.added, report.failed) == (3, [])
        assert sorted(p for p in asked if "index" not in p) == [
            f"/tzgg/202611/t20261101_{n}.html" for n in (61, 62, 63)
        ]
        [one] = followed(application.settings.home)
        assert one.look and (one.look.listed, one.look.fresh, len(one.notices)) == (63, 3, 63)
    heads = [head for head, _ in application.catalog.heads().values()]
    assert {head.region for head in heads} == {"云麓市"} and len(heads) == 63


def test_only_so_many_a_look_and_the_rest_next_time(tmp_path: Path) -> None:
    with web_of(site_with(pages.rows_of(50))) as web:
        application = a_column(tmp_path, web, pages=2, most=30)
        assert looked(application).added == 30
        later(application, 90_000)
        assert looked(application).added == 10, "two pages of twenty"
        later(application, 90_000)
        assert looked(application).added == 0
        assert "/tzgg/index_2.html" not in web.paths()


def test_words_that_titles_must_hold(tmp_path: Path) -> None:
    titles = [
        "关于软件外包补贴申报的通知",
        "关于春节放假安排的通知",
        "關於徵集數據項目的通知",
        "关于召开座谈会的公告",
    ]
    rows = [(f"./{n}.html", title, f"2026-11-0{n}") for n, title in enumerate(titles, 1)]
    # Cut in the list and without a title attribute: the notice's own page says what it is called.
    hidden = [
        ("./8.html", "关于组织开展年度…", "2026-11-08"),
        ("./9.html", "关于组织开展节后…", "2026-11-09"),
    ]
    web_pages = site_with(rows)
    web_pages["/tzgg/index.html"] = page(pages.around(pages.as_list([*rows, *hidden])))
    web_pages["/tzgg/8.html"] = page(pages.notice("关于组织开展年度人工智能券申报的通知"))
    web_pages["/tzgg/9.html"] = page(pages.notice("关于组织开展节后安全检查的通知"))
    with web_of(web_pages) as web:
        application = a_column(tmp_path, web, pattern="申报、征集")
        assert looked(application).added == 3
        asked = web.paths()
        assert "/tzgg/2.html" not in asked and "/tzgg/4.html" not in asked and "/tzgg/9.html" in asked
        kept = {n.address[-6:]: n for n in followed(application.settings.home)[0].notices}
        assert kept["8.html"].title == "关于组织开展年度人工智能券申报的通知"
        assert kept["9.html"].left_out and kept["2.html"].left_out
        web.requests.clear()
        later(application, 90_000)
        assert looked(application).added == 0
        assert [p for p in web.paths() if p.startswith("/tzgg/")] == ["/tzgg/index.html"]
    assert {h.title for h, _ in application.catalog.heads().values()} == {
        titles[0],
        titles[2],
        "关于组织开展年度人工智能券申报的通知",
    }


def test_one_notice_that_fails_stops_no_other(tmp_path: Path) -> None:
    made = site_with(pages.rows_of(4))
    del made["/tzgg/202611/t20261101_2.html"]
    with web_of(made) as web:
        application = a_column(tmp_path, web)
        report = looked(application)
        assert (report.added, report.exit_code) == (3, 1)
        [one] = followed(application.settings.home)
        assert one.look and one.look.failures == 0 and one.look.succeeded_at
        [bad] = [n for n in one.notices if n.failures]
        assert "404" in str(bad.reason) and bad.taken_at is None
        later(application, 90_000)
        web.requests.clear()
        looked(application)
        assert web.paths().count("/tzgg/202611/t20261101_2.html") == 1, "tried again"
        later(application, 60)
        web.requests.clear()
        looked(application, f"{web.address}/tzgg/index.html")
        assert "/tzgg/202611/t20261101_2.html" not in web.paths(), "but not at once again"


def test_a_changed_notice_is_read_again_a_week_later_and_a_vanished_one_stays(tmp_path: Path) -> None:
    rows = pages.rows_of(2)
    made = site_with(rows)
    with web_of(made) as web:
        application = a_column(tmp_path, web)
        assert looked(application).added == 2
        path, title = f"/tzgg{rows[0][0][1:]}", rows[0][1]
        web.pages[path] = page(pages.notice(title, f"<p>第一条 {title}，最高90万元。</p>"))
        later(application, 2 * 86400)
        assert looked(application).updated == 0, "within the week"
        later(application, 6 * 86400)
        assert looked(application).updated == 1
        web.requests.clear()
        later(application, 10 * 86400)
        looked(application)
        assert path not in web.paths(), "monthly from then on"
        later(application, 25 * 86400)
        looked(application)
        assert path in web.paths()
        web.pages["/tzgg/index.html"] = page(
            pages.around(pages.as_list([rows[1], *pages.rows_of(1, first=9)]))
        )
        later(application, 60 * 86400)
        web.requests.clear()
        assert looked(application).removed == 0
        assert path not in web.paths(), "what the column no longer lists is not asked for"
    assert len(application.catalog.heads()) == 2 and len(followed(application.settings.home)[0].notices) == 3


def test_a_column_that_fails_says_why_and_when_it_last_worked(tmp_path: Path) -> None:
    with web_of(site_with(pages.rows_of(2))) as web:
        application = a_column(tmp_path, web, schedule="1h")
        looked(application)
        [before] = followed(application.settings.home)
        del web.pages["/tzgg/index.html"]
        for count in (1, 2, 3):
            later(application, 4000)
            report = looked(application)
            assert "404" in report.failed[0]["reason"]
            [one] = followed(application.settings.home)
            assert one.look and before.look
            assert one.look.failures == count and "404" in str(one.look.reason)
            assert one.look.succeeded_at == pytest.approx(before.look.looked_at - 4000 * count)
            assert len(one.notices) == 2, "what was found stays"
        assert not one.is_current(time.time())


def test_a_column_that_robots_keep_out_is_not_fetched(tmp_path: Path) -> None:
    made = {
        "/robots.txt": page("User-agent: *\nDisallow: /tzgg/\n", "text/plain"),
        **site_with(pages.rows_of(2)),
    }
    with web_of(made) as web:
        application = a_column(tmp_path, web)
        report = looked(application)
        assert "robots" in report.failed[0]["reason"]
        assert web.paths() == ["/robots.txt"]


def test_links_on_a_page_that_was_redirected_to(tmp_path: Path) -> None:
    rows = pages.rows_of(2)
    with web_of({"/tzgg": redirect("/tzgg/index.html"), **site_with(rows)}) as web:
        application = a_column(tmp_path, web, address=f"{web.address}/tzgg")
        assert (looked(application).added, looked(application).failed) == (2, [])


def test_a_notice_that_is_a_file_has_the_title_of_the_list(tmp_path: Path) -> None:
    paper = tmp_path / "a.docx"
    write_numbered_docx(paper)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    rows = [("./a.docx", "关于开展模型补贴申报工作的通知", "2026-11-01")]
    made = {
        "/tzgg/index.html": page(pages.around(pages.as_list(rows))),
        "/tzgg/a.docx": binary(paper.read_bytes(), word),
    }
    with web_of(made) as web:
        application = a_column(tmp_path, web)
        assert looked(application).added == 1
    assert [h.title for h, _ in application.catalog.heads().values()] == ["关于开展模型补贴申报工作的通知"]


def test_two_columns_with_the_same_notice(tmp_path: Path) -> None:
    rows = pages.rows_of(3)
    made = site_with(rows)
    made["/tzgg/other.html"] = made["/tzgg/index.html"]
    with web_of(made) as web:
        application = a_column(tmp_path, web)
        put_site(application.settings.home, Site(address=f"{web.address}/tzgg/other.html", column=True))
        assert looked(application).added == 3
        both = followed(application.settings.home)
        assert [sum(n.taken_at is not None for n in one.notices) for one in both] == [3, 3]
        assert web.paths().count("/tzgg/202611/t20261101_1.html") == 1


# ------------------------------------------------------------------ the list of what is followed


def test_the_list_says_what_is_wrong_in_it(tmp_path: Path) -> None:
    for row, why in (
        ({"address": "www.yunlu.gov.cn"}, "http"),
        ({"address": "https://a.cn/", "schedule": "1m"}, "最短 5m"),
        ({"address": "https://a.cn/", "schedule": "often"}, "15m"),
        ({"address": "https://a.cn/", "type": "feed"}, "column"),
        ({"address": "https://a.cn/", "pages": 11}, "pages"),
        ("https://a.cn/", "address"),
    ):
        (tmp_path / "sources.yaml").write_text(yaml.safe_dump([row], allow_unicode=True), encoding="utf-8")
        with pytest.raises(InputError, match=why):
            load_sites(tmp_path)
    listed = "- {address: 'https://a.cn/', type: column, pattern: 申报 征集, schedule: 15m}\n- {address: 'https://b.cn/'}\n"
    (tmp_path / "sources.yaml").write_text(listed, encoding="utf-8")
    column, single = load_sites(tmp_path)
    assert column.column and column.pattern == ("申报", "征集") and column.seconds == 900
    assert not single.column and (single.pages, single.most) == (2, 30)


def test_entries_are_changed_without_touching_the_others(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    written = (
        "# 市里的\n- address: https://a.cn/tzgg/   # 科技局\n  column: true\n"
        "# 区里的\n- address: https://b.cn/1.html\n  schedule: 2w\n\n# 完\n"
    )
    path.write_text(written, encoding="utf-8")
    put_site(tmp_path, Site(address="https://c.cn/tzgg/", column=True, name="丙局 通知", pattern=("申报",)))
    assert path.read_text(encoding="utf-8").startswith(written)
    put_site(tmp_path, Site(address="https://b.cn/1.html", schedule="1d", region="乙市"))
    drop_site(tmp_path, "https://a.cn/tzgg/")
    assert [s.address for s in load_sites(tmp_path)] == ["https://b.cn/1.html", "https://c.cn/tzgg/"]
    text = path.read_text(encoding="utf-8")
    assert all(remark in text for remark in ("# 市里的", "# 区里的", "# 完")) and "2w" not in text
    assert load_sites(tmp_path)[1].pattern == ("申报",)
    drop_site(tmp_path, "https://b.cn/1.html")
    drop_site(tmp_path, "https://c.cn/tzgg/")
    assert load_sites(tmp_path) == []
    with pytest.raises(InputError, match="没有这个网址"):
        drop_site(tmp_path, "https://c.cn/tzgg/")
    path.write_text('[{"address": "https://a.cn/"}, {"address": "https://b.cn/"}]', encoding="utf-8")
    put_site(tmp_path, Site(address="https://b.cn/", region="乙市"))
    assert [s.region for s in load_sites(tmp_path)] == [None, "乙市"]
    path.write_text("- address: [", encoding="utf-8")
    with pytest.raises(InputError, match="YAML"):
        put_site(tmp_path, Site(address="https://b.cn/"))
    assert path.read_text(encoding="utf-8") == "- address: ["


def test_when_to_look_again() -> None:
    site = Site(address="https://a.cn/", schedule="1d")
    assert next_look(site, None) == 0
    assert next_look(site, Look(address=site.address, looked_at=100)) == 100 + 86400
    failed = [next_look(site, Look(address=site.address, looked_at=0, failures=n)) for n in (1, 2, 3, 9, 500)]
    assert failed == [600, 1200, 2400, 86400, 86400]
    assert retry_after(1, 300) == 300


def test_a_column_never_looked_at_is_due_though_its_page_was_fetched(tmp_path: Path) -> None:
    store = PageStore(tmp_path)
    try:
        for address in ("https://a.cn/", "https://b.cn/"):
            store.keep(address, b"x", "x.html", None, None)
        sites = [Site(address="https://a.cn/", column=True), Site(address="https://b.cn/")]
        assert [s.address for s in due(sites, store)] == ["https://a.cn/"]
    finally:
        store.close()


def test_only_what_is_listed_can_be_looked_at_by_name(tmp_path: Path) -> None:
    application = intranet(tmp_path)
    put_site(application.settings.home, Site(address="https://a.cn/"))
    with pytest.raises(InputError, match="不在"):
        looked(application, "https://b.cn/")

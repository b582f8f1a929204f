"""Column pages of our own in the shapes that government sites have: the same notices, listed each way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.ingest import files

Row = tuple[str, str, str]
"""(address, title, ISO date)."""
_MENU = ("政务公开", "办事服务", "互动交流", "法定主动公开内容", "政府信息公开指南")


def rows_of(count: int, first: int = 1, folder: str = "./202611") -> list[Row]:
    """So many notices, the newest first."""
    numbers = range(first + count - 1, first - 1, -1)
    return [
        (f"{folder}/t20261101_{n}.html", f"关于开展第{n}批软件外包补贴申报工作的通知", _day(n))
        for n in numbers
    ]


def _day(number: int) -> str:
    return f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"


def notice(title: str, body: str = "<p>第一条 对象为本市企业。</p><p>第二条 最高80万元。</p>") -> str:
    """The page of a notice."""
    return files.html_page(title, body)


def around(body: str, head: str = "") -> str:
    """A page with what stands around a list: a menu, hot articles at the side, links of others below."""
    menu = "".join(f"<li><a href='/col/col{n}/index.html'>{name}</a></li>" for n, name in enumerate(_MENU, 1))
    hot = "".join(f"<li><a href='/art/hot{n}.html'>{n}号热点回应</a></li>" for n in range(1, 6))
    others = "".join(f"<a href='https://other{n}.example/1.html'>其他部门的网站{n}</a>" for n in range(5))
    return (
        f"<html><head><meta charset='utf-8'><title>通知公告-云麓市科技局</title>{head}</head><body>"
        f"<div class='menu'><ul>{menu}</ul></div><div class='side'><ul>{hot}</ul></div>"
        f"<div class='main'>{body}</div><div class='links'>{others}</div></body></html>"
    )


def as_list(rows: Sequence[Row]) -> str:
    """ul with a date in each li, odd and even lines styled differently."""
    return "<ul>" + "".join(
        f"<li class='row{n % 2}'><span>[{day}]</span><a href='{a}'>{t}</a></li>" for n, (a, t, day) in enumerate(rows)
    ) + "</ul>"  # fmt: skip


def as_groups(rows: Sequence[Row]) -> str:
    """Every four lines a ul of their own, so that the last may stand alone."""
    groups = [rows[i : i + 4] for i in range(0, len(rows), 4)]
    return "".join(f"<div class='part'>{as_list(group)}</div>" for group in groups)


def as_table(rows: Sequence[Row]) -> str:
    """A table with number, title and date."""
    lines = (
        f"<tr><td>{n}</td><td><a href='{a}' target='_blank'>{t}</a></td><td>{day.replace('-', '/')}</td></tr>"
        for n, (a, t, day) in enumerate(rows, 1)
    )
    return f"<table><tr><th>序号</th><th>标题</th><th>日期</th></tr>{''.join(lines)}</table>"


def as_cards(rows: Sequence[Row]) -> str:
    """div cards: a picture, the title as a heading without a link, day and month apart, a link 详情."""
    return "".join(
        f"<div class='card'><a href='{a}'><img src='/i.png'></a><div class='when'><b>{day[8:]}</b><i>{day[:7]}</i></div>"
        f"<h4>{t}</h4><p>为支持企业发展，现开展申报工作，请按要求提交。</p><a href='{a}'>详情</a></div>"
        for a, t, day in rows
    )


def as_wrapped_cards(rows: Sequence[Row]) -> str:
    """A link around each whole card."""
    return "".join(
        f"<a class='card' href='{a}'><p class='name'>{t}</p><p>为支持企业发展，现开展申报工作。</p><span>{day}</span></a>"
        for a, t, day in rows
    )


def as_definitions(rows: Sequence[Row]) -> str:
    """dl: the title in dt, the date in dd."""
    return "<dl>" + "".join(f"<dt><a href='{a}'>{t}</a></dt><dd>{day}</dd>" for a, t, day in rows) + "</dl>"


def as_lines(rows: Sequence[Row]) -> str:
    """Links one after the other with line breaks, the date behind each."""
    return "".join(f"<a href='{a}'>{t}</a> ({day})<br>" for a, t, day in rows)


def as_cut(rows: Sequence[Row]) -> str:
    """Titles cut with …, whole in the title attribute."""
    return "<ul>" + "".join(
        f"<li><a href='{a}' title='{t}'>{t[:12]}…</a><span>{day}</span></li>" for a, t, day in rows
    ) + "</ul>"  # fmt: skip


SHAPES: dict[str, Callable[[Sequence[Row]], str]] = {
    "ul": as_list,
    "groups": as_groups,
    "table": as_table,
    "cards": as_cards,
    "wrapped cards": as_wrapped_cards,
    "dl": as_definitions,
    "lines": as_lines,
    "cut": as_cut,
}


def rss(rows: Sequence[Row]) -> str:
    """An RSS feed."""
    items = "".join(
        f"<item><title><![CDATA[{t}]]></title><link>{a}</link><pubDate>Thu, {day[8:]} Nov 2026 09:00:00 +0800</pubDate></item>"
        for a, t, day in rows
    )
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>通知公告</title>{items}</channel></rss>"


def atom(rows: Sequence[Row]) -> str:
    """An Atom feed."""
    entries = "".join(
        f"<entry><title>{t}</title><link rel='self' href='{a}.xml'/><link href='{a}'/><updated>{day}T09:00:00Z</updated></entry>"
        for a, t, day in rows
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>通知公告</title>{entries}</feed>"

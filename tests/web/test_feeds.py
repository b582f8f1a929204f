"""A matching as a file, and a programme as a calendar and a feed, over HTTP."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID
from xml.etree import ElementTree

import docx
import httpx
import icalendar
import pytest

from assistant.wiring import Application
from tests.conftest import served

ATOM = "{http://www.w3.org/2005/Atom}"
FACTS = {"city": "深圳市", "compute_contract_amount": "600万元", "corpus_contract_amount": "300万元"}
PROGRAMME = "/api/programmes/sz-training-voucher"


def exported(address: str, format: str, **more: Any) -> httpx.Response:
    body = {"facts": FACTS, "format": format, **more}
    return httpx.post(f"{address}/api/match/export", json=body, timeout=60)


# ------------------------------------------------------------------ files


@pytest.mark.parametrize(
    ("format", "kind", "start"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("pdf", "application/pdf", b"%PDF-"),
        ("md", "text/markdown", "# 政策大礼包".encode()),
        ("ics", "text/calendar", b"BEGIN:VCALENDAR"),
    ],
)
def test_a_matching_is_downloaded_under_a_chinese_name(
    address: str, format: str, kind: str, start: bytes
) -> None:
    response = exported(address, format)
    assert response.status_code == 200 and response.content.startswith(start)
    assert response.headers["content-type"].split(";")[0] == kind
    plain, chinese = response.headers["content-disposition"].split("; ")[1:]
    assert plain == f'filename="wence-2026-11-22.{format}"'
    assert unquote(chinese.removeprefix("filename*=UTF-8''")) == f"扶持政策匹配报告_2026-11-22.{format}"


def test_the_file_is_for_the_day_and_in_the_language_asked_for(address: str) -> None:
    paper = docx.Document(io.BytesIO(exported(address, "docx", language="en", as_of="2026-05-20").content))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "As of 2026-05-20" in text and "Open now: 2026" in text


@pytest.mark.parametrize(
    "body",
    [
        {"facts": FACTS},
        {"facts": FACTS, "format": "odt"},
        {"facts": FACTS, "format": "pdf", "language": "fr"},
        {"facts": [], "format": "pdf"},
        {"facts": {"city": "x" * 300}, "format": "pdf"},
    ],
)
def test_what_cannot_be_exported_is_a_problem_document(address: str, body: dict[str, Any]) -> None:
    response = httpx.post(f"{address}/api/match/export", json=body, timeout=30)
    assert response.status_code == 422 and response.json()["detail"]
    assert response.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/match/export", 405),
        ("/api/programmes/none/calendar.ics", 404),
        ("/api/programmes/none/feed.atom", 404),
        (f"{PROGRAMME}/feed.rss", 404),
        (f"{PROGRAMME}/feed.atom?language=fr", 422),
    ],
)
def test_unknown_addresses_are_problem_documents(address: str, path: str, status: int) -> None:
    response = httpx.get(address + path, timeout=30)
    assert response.status_code == response.json()["status"] == status
    assert response.headers["content-type"].startswith("application/problem+json")


def test_characters_that_no_file_can_hold_do_no_harm(address: str) -> None:
    body = b'{"format": "docx", "facts": {"city": "\\ud800\\u0000\\u6df1\\u5733", "\\udc00": "a"}}'
    headers = {"Content-Type": "application/json"}
    for path in ("/api/match/export", "/api/match"):
        response = httpx.post(address + path, content=body, headers=headers, timeout=60)
        assert response.status_code in (200, 422)


# ------------------------------------------------------------------ calendar and feed


def test_a_calendar_can_be_subscribed_to(address: str) -> None:
    response = httpx.get(f"{address}{PROGRAMME}/calendar.ics", timeout=30)
    assert response.headers["content-type"].startswith("text/calendar")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:P1D\r\n" in response.content
    calendar = icalendar.Calendar.from_ical(response.content)
    assert calendar["SOURCE"] == f"{address}{PROGRAMME}/calendar.ics"
    (event,) = calendar.events
    assert str(event.start) == "2026-05-06" and str(event.end) == "2026-06-06"
    again = icalendar.Calendar.from_ical(httpx.get(f"{address}{PROGRAMME}/calendar.ics", timeout=30).content)
    assert [e["UID"] for e in again.events] == [event["UID"]]


@pytest.mark.parametrize(("language", "why"), [("zh", "所以日历是空的"), ("en", "this calendar is empty")])
def test_an_empty_calendar_says_why(wence: Application, address: str, language: str, why: str) -> None:
    book = wence.knowledge.snapshot().rulebook.programmes
    empty = next(
        id for id, p in book.items() if not any(w.closes or w.opens for r in p.revisions for w in r.windows)
    )
    for id, is_empty in ((empty, True), ("sz-training-voucher", False)):
        url = f"{address}/api/programmes/{id}/calendar.ics?language={language}"
        calendar = icalendar.Calendar.from_ical(httpx.get(url, timeout=30).content)
        assert bool(calendar.events) != is_empty
        for key in ("DESCRIPTION", "X-WR-CALDESC"):
            assert (why in str(calendar.get(key, ""))) == is_empty


def test_a_downloaded_calendar_without_windows_says_why(address: str) -> None:
    text = exported(address, "ics", as_of="2030-01-01").text.replace("\r\n ", "")
    assert "BEGIN:VEVENT" not in text and "所以这个日历是空的" in text


def test_identities_do_not_hang_on_the_public_address(wence: Application, address: str) -> None:
    settings = wence.settings.model_copy(update={"public_url": "https://wence.example.org/"})
    with served(Application(settings, wence.clock)) as other:
        calendars = [
            icalendar.Calendar.from_ical(httpx.get(f"{url}{PROGRAMME}/calendar.ics", timeout=30).content)
            for url in (address, other)
        ]
        feeds = [ElementTree.fromstring(feed_at(url)) for url in (address, other)]
    assert len({event["UID"] for c in calendars for event in c.events}) == 1
    assert len({feed.findtext(f"{ATOM}id") for feed in feeds}) == 1
    (own,) = [link for link in feeds[1].findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href") == f"https://wence.example.org{PROGRAMME}/feed.atom"


def feed_at(address: str, path: str = PROGRAMME) -> bytes:
    return httpx.get(f"{address}{path}/feed.atom", timeout=30).content


def test_every_programme_has_a_valid_feed(address: str) -> None:
    programmes = httpx.get(f"{address}/api/programmes", timeout=30).json()
    ids: list[str] = []
    for programme in programmes:
        feed = ElementTree.fromstring(feed_at(address, f"/api/programmes/{programme['id']}"))
        entries = feed.findall(f"{ATOM}entry")
        for element in (feed, *entries):  # RFC 4287, 4.1.1 and 4.1.2: exactly one of each
            assert len(element.findall(f"{ATOM}title")) == 1 and element.findtext(f"{ATOM}title")
            (id,) = element.findall(f"{ATOM}id")
            ids.append(str(id.text))
            assert UUID(str(id.text).removeprefix("urn:uuid:"))
            (updated,) = element.findall(f"{ATOM}updated")
            assert datetime.fromisoformat(str(updated.text)).tzinfo
            assert element.find(f"{ATOM}link[@rel='alternate']") is not None
        assert feed.findtext(f"{ATOM}author/{ATOM}name")
        days = [str(entry.findtext(f"{ATOM}updated")) for entry in entries]
        assert days == sorted(days, reverse=True)
        assert feed.findtext(f"{ATOM}updated") == max(days, default=feed.findtext(f"{ATOM}updated"))
    assert len(set(ids)) == len(ids)


def test_a_feed_tells_windows_rules_and_papers(address: str) -> None:
    text = feed_at(address).decode()
    assert "训力券2026年度 受理" in text and "2026-05-06 至 2026-06-05" in text
    assert (
        "训力券 规则：2024-12-18 至 2026-12-18" in text and "《深圳市打造人工智能先锋城市的若干措施》" in text
    )
    assert "本站摘编，非原文" in text


@pytest.mark.parametrize("name", ["calendar.ics", "feed.atom"])
def test_what_a_reader_has_is_not_sent_again(address: str, name: str) -> None:
    url = f"{address}{PROGRAMME}/{name}"
    tag = httpx.get(url, timeout=30).headers["etag"]
    again = httpx.get(url, headers={"If-None-Match": f"W/{tag}"}, timeout=30)
    assert again.status_code == 304 and not again.content

"""The dossier: nothing of a matching is lost in any file, windows are closed in words first, the code opens the facts."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import cv2
import docx
import icalendar
import numpy as np
import pypdfium2
import pytest
from markdown_it import MarkdownIt

from assistant.dossier import Dossier, QrCode, Table, build_dossier
from assistant.dossier.labels import labels_in
from assistant.exports import Format, export
from assistant.exports.qr import modules
from assistant.knowledge import Snapshot
from assistant.matching import Matched, match
from assistant.models import Language
from assistant.share_link import decode_facts, match_url
from assistant.wiring import Application
from tests.conftest import TODAY
from tests.test_command_line import run

URL = "https://wence.example.org"
FIRM = {
    "entity_type": "企业",
    "legal_person": "是",
    "district": "南山区",
    "founded_on": "2025-06-01",
    "corpus_contract_amount": "300万元",
    "corpus_seller_related": "否",
    "corpus_on_exchange": "是",
    "corpus_for_llm": "是",
    "compute_contract_amount": "6000000",
    "compute_for_training": "是",
    "compute_provider_related": "否",
    "model_service_cost": "很多",
    "nonsense": "x",
}


def bare(text: str) -> str:
    """A text without any space, as wrapping adds and takes them."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def snapshot(wence: Application) -> Snapshot:
    """The sample knowledge base."""
    return wence.knowledge.snapshot()


@pytest.fixture(scope="module")
def matched(snapshot: Snapshot) -> Matched:
    """A young firm in Nanshan that bought a corpus and rents compute."""
    return match(FIRM, snapshot, TODAY)


@pytest.fixture(scope="module")
def dossier(matched: Matched, snapshot: Snapshot) -> Dossier:
    """Its dossier."""
    return build_dossier(matched, snapshot, URL)


@pytest.fixture(scope="module")
def pdf(dossier: Dossier) -> bytes:
    """It as PDF."""
    return export(dossier, "pdf")


# ------------------------------------------------------------------ nothing is lost


def docx_text(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    return "".join(element.text or "" for element in body.iter() if element.tag.endswith("}t"))


def pdf_text(content: bytes, dossier: Dossier) -> str:
    """The text of all pages without footers and repeated header rows."""
    headers = [
        bare("".join(b.header))
        for s in dossier.sections
        for b in s.blocks
        if isinstance(b, Table) and b.header
    ]
    pages = []
    with pypdfium2.PdfDocument(content) as paper:
        for page in paper:
            text = bare(page.get_textpage().get_text_bounded(bottom=45)).replace("\x02", "-")
            for header in headers:
                if text.startswith(header):
                    text = text.removeprefix(header)
                    break
            pages.append(text)
    return "".join(pages)


def md_text(content: bytes, _dossier: Dossier) -> str:
    """The text that a reader of the rendered Markdown sees."""
    tokens = MarkdownIt("commonmark").enable("table").parse(content.decode())
    inline = [child for token in tokens for child in token.children or ()]
    return "".join(child.content for child in inline if child.type in ("text", "text_special"))


READERS: dict[Format, Callable[[bytes, Dossier], str]] = {
    "docx": lambda content, _dossier: docx_text(content),
    "pdf": pdf_text,
    "md": md_text,
}


def said_by(matched: Matched, snapshot: Snapshot) -> list[str]:
    """All that a dossier must say: every programme, question, limit, fact and source; of what counts every clause."""
    labels = labels_in(matched.language)
    quotes = {c.number: c.quote for c in matched.citations}
    wanted, counts = [], set()
    for one in matched.assessments:
        wanted += [one.title, *(missing.ask for missing in one.missing_facts)]
        if one.outcome != "unmet":
            wanted += [one.working] if one.working else []
            wanted += [labels.money(one.amount)] if one.amount is not None else []
        if one.region == "深圳市" and (one.outcome == "met" or one.amount is not None):
            wanted += [finding.condition for finding in one.findings]
            numbers = {f.citation for f in one.findings if f.citation is not None}
            wanted += [quotes[number] for number in numbers]
            counts |= {c.document_id for c in matched.citations if c.number in numbers}
    assert len(counts) > 1
    for combination in matched.combinations:
        wanted += [combination.working, *(limit.text for limit in combination.limits)]
    wanted += matched.problems.values()
    for id in {c.document_id for c in matched.citations}:
        document = snapshot.document(id)
        assert document is not None
        head = document.head
        wanted += [document.sha256, head.title, *filter(None, (head.document_number, head.url))]
        wanted += head.notes if id in counts else ()
    return wanted


PAIRS: list[tuple[Format, Language]] = [
    ("docx", "zh"), ("pdf", "zh"), ("md", "zh"), ("docx", "en"), ("pdf", "zh-Hant"), ("md", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("format", "language"), PAIRS)
def test_nothing_is_lost(snapshot: Snapshot, format: Format, language: Language) -> None:
    matched = match(FIRM, snapshot, TODAY, language)
    dossier = build_dossier(matched, snapshot, URL)
    text = bare(READERS[format](export(dossier, format), dossier))
    lost = [part for part in said_by(matched, snapshot) if bare(part) not in text]
    assert not lost
    assert bare(dossier.title) in text and bare(labels_in(language)("not_a_promise")) in text
    assert "✓" in text and "✗" in text and "□" in text


def test_a_closed_window_is_said_first(dossier: Dossier) -> None:
    section = next(s for s in dossier.sections if s.heading.startswith("训力券（"))
    first = section.blocks[0]
    assert "受理窗口已截止" in first.model_dump_json() and "2026-06-05" in first.model_dump_json()


def test_programmes_with_sums_come_first_and_those_of_other_places_last(dossier: Dossier) -> None:
    headings = [s.heading for s in dossier.sections]
    details, away = headings.index("逐项说明"), headings.index("其他地区的项目")
    assert {h[:3] for h in headings[details + 1 : details + 3]} == {"语料券", "训力券"}
    assert not any("北京" in h for h in headings)
    sections = dict(zip(headings, dossier.sections, strict=True))
    assert "北京亦庄算力券" in sections["其他地区的项目"].model_dump_json() and away > details


def test_what_is_far_from_decided_is_a_row_and_not_a_page(pdf: bytes, matched: Matched) -> None:
    """A firm that told much carries a dozen pages; every programme is in it, and what counts in full."""
    with pypdfium2.PdfDocument(pdf) as paper:
        assert len(paper) <= 13
    assert len(matched.assessments) > 45


def test_another_place_is_not_combined_with_until_it_is_met(matched: Matched) -> None:
    (best,) = matched.combinations
    assert not any(id.startswith("bj-") for id in best.programmes)
    assert best.amount == Decimal(3_900_000)


def test_a_firm_that_tells_nothing_gets_a_dossier(snapshot: Snapshot) -> None:
    dossier = build_dossier(match({}, snapshot, TODAY), snapshot, URL)
    for format in READERS:
        assert export(dossier, format)


def test_facts_that_no_file_can_hold(snapshot: Snapshot) -> None:
    told = {"founded_on": "\x00\x0b\ud800<b>&|*x*\n# y", "\ud800": "😀", "founded": "😀"}
    dossier = build_dossier(match(told, snapshot, TODAY), snapshot, URL)
    for format, read in READERS.items():
        text = bare(read(export(dossier, format), dossier))
        assert "<b>&|*x*" in text and ("😀" in text or format == "pdf")


def test_the_same_matching_gives_the_same_pdf(dossier: Dossier, pdf: bytes) -> None:
    assert export(dossier, "pdf") == pdf


# ------------------------------------------------------------------ the look of it


def test_the_pdf_embeds_its_font_and_numbers_its_pages(pdf: bytes) -> None:
    with pypdfium2.PdfDocument(pdf) as paper:
        pages = len(paper)
        last = paper[pages - 1].get_textpage().get_text_bounded(top=45)
        outline = [item.get_title() for item in paper.get_toc()]
    assert "2026-11-22" in last and f"第 {pages} 页，共 {pages} 页" in last
    assert "出处" in outline and b"/FontFile2" in pdf


def test_word_repeats_header_rows_and_numbers_its_pages(dossier: Dossier) -> None:
    paper = docx.Document(io.BytesIO(export(dossier, "docx")))
    footer = paper.sections[0].footer._element.xml
    assert "2026-11-22" in footer and 'w:instr="PAGE"' in footer and 'w:instr="NUMPAGES"' in footer
    assert all("w:tblHeader" in table._tbl.xml for table in paper.tables)
    assert paper.styles["Normal"].element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia"))


# ------------------------------------------------------------------ the code


def qr_texts(image: np.ndarray) -> str:
    text, *_ = cv2.QRCodeDetector().detectAndDecode(image)
    return str(text)


def test_the_code_in_word_and_pdf_opens_this_matching(dossier: Dossier, matched: Matched, pdf: bytes) -> None:
    url = match_url(URL, matched.facts)
    with zipfile.ZipFile(io.BytesIO(export(dossier, "docx"))) as parts:
        (name,) = [n for n in parts.namelist() if n.startswith("word/media/")]
        picture = cv2.imdecode(np.frombuffer(parts.read(name), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and qr_texts(picture) == url
    with pypdfium2.PdfDocument(pdf) as paper:
        pages = (np.asarray(page.render(scale=3).to_pil()) for page in paper)
        assert any(qr_texts(page) == url for page in pages)
    assert url.startswith(f"{URL}/#match=") and decode_facts(url.partition("/#")[2]) == matched.facts == FIRM
    assert url in md_text(export(dossier, "md"), dossier)


def test_facts_too_long_for_a_code_leave_the_link(snapshot: Snapshot) -> None:
    told = {f"key_{n}_{hash(str(n))}": str(hash((n, "x"))) for n in range(200)}
    dossier = build_dossier(match(told, snapshot, TODAY), snapshot, URL)
    (code,) = [b for s in dossier.sections for b in s.blocks if isinstance(b, QrCode)]
    assert modules(code.url) is None
    for format in ("docx", "pdf"):
        text = bare(READERS[format](export(dossier, format), dossier))
        assert bare(code.link_caption) in text and bare(code.url) in text


# ------------------------------------------------------------------ the calendar


def calendar_on(snapshot: Snapshot, day: date, language: Language = "zh") -> icalendar.Calendar:
    content = export(build_dossier(match(FIRM, snapshot, day, language), snapshot, URL), "ics")
    return icalendar.Calendar.from_ical(content)


@pytest.mark.parametrize("day", [date(2026, 5, 20), date(2026, 4, 1)])
def test_windows_open_or_to_come_are_events_with_an_alarm(snapshot: Snapshot, day: date) -> None:
    (event,) = [e for e in calendar_on(snapshot, day).events if "训力券2026年度" in str(e["SUMMARY"])]
    assert (event.start, event.end) == (date(2026, 5, 6), date(2026, 6, 6))
    (alarm,) = event.alarms.times
    assert alarm.trigger == date(2026, 6, 6) - timedelta(days=7)
    assert event["STATUS"] == "TENTATIVE" and "2026年5月6日" in str(event["DESCRIPTION"])


def test_windows_that_are_over_are_no_events(snapshot: Snapshot) -> None:
    calendar = calendar_on(snapshot, TODAY)
    assert calendar.events == [] and calendar.timezones


def test_an_event_keeps_its_identity_from_day_to_day(snapshot: Snapshot) -> None:
    first, second = (calendar_on(snapshot, day) for day in (date(2026, 4, 1), date(2026, 5, 20)))
    assert {e["UID"] for e in first.events} & {e["UID"] for e in second.events}
    assert len({e["UID"] for e in first.events}) == len(first.events)


# ------------------------------------------------------------------ the command


def wence_match(wence: Application, *arguments: str) -> subprocess.CompletedProcess[str]:
    cache = str(wence.settings.model_dir)
    return run(
        wence.settings.home, "match", *arguments, WENCE_EMBEDDING_MODEL="embedded", WENCE_MODEL_CACHE=cache
    )


def test_the_command_writes_each_format(wence: Application, tmp_path: Path) -> None:
    firm = tmp_path / "firm.yaml"
    firm.write_text("city: 深圳市\ncompute_contract_amount: 6000000\nlegal_person: true\n", encoding="utf-8")
    for name in ("b.PDF", "c.md"):  # the other formats are written from the same place
        file = tmp_path / name
        result = wence_match(wence, "--facts", str(firm), "--export", str(file), "--language", "en")
        assert result.returncode == 0 and str(file) in result.stderr and file.stat().st_size > 300
    assert "RMB 6,000,000" in (tmp_path / "c.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"), [("x.odt", ".docx、.pdf"), ("x", ".docx、.pdf"), ("none/x.md", "请检查文件夹")]
)
def test_what_cannot_be_written_is_said_with_the_mend(
    wence: Application, tmp_path: Path, name: str, said: str
) -> None:
    result = wence_match(wence, "--export", str(tmp_path / name))
    assert result.returncode == 2 and said in result.stderr and "Traceback" not in result.stderr

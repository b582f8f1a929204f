"""The fuzzer finds what a reader must not do, and the readers stand a few cases of each kind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.errors import SourceError
from ingest.chunk import chunk
from ingest.copies import signature
from ingest.read import read_document
from ingest.reading import Limits
from ingest.sources import SourceFile
from tests.fuzz.__main__ import fuzz
from tests.fuzz.cases import PARSERS, made, read
from tests.fuzz.pool import Limit, run
from tests.fuzz.texts import written

SLOW = ("pdf", "image", "texts")  # pages of pictures are recognised


@pytest.mark.parametrize("parser", [p for p in PARSERS if p not in SLOW])
def test_a_few_cases_of_each_kind(parser: str) -> None:
    for number in range(6):
        suffix, data = made(parser, 20311122, number)
        assert read(parser, suffix, data) in ("read", "refused")


def test_cases_are_the_same_on_every_run() -> None:
    for parser in PARSERS:
        assert made(parser, 3, 5) == made(parser, 3, 5) != made(parser, 4, 5)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_twenty_seconds_of_every_kind(tmp_path: Path) -> None:
    for parser in PARSERS:
        tally = fuzz(parser, 1, 20, 500, 1, Limit(), tmp_path)
        assert tally.cases and not tally.faults, [p.read_text() for p in tmp_path.glob("*.trace")]


def misbehave(number: int) -> tuple[str, str]:
    """A reader that does each of the things that none may do."""
    match number:
        case 1:
            raise KeyError("x")
        case 2:
            while True:
                pass
        case 3:
            held = []
            while True:
                held.append(bytearray(b"x") * 20_000_000)
                time.sleep(0.01)
        case 4:
            import os

            os.abort()
        case 5:
            print("\n".join("noise" for _ in range(100)), flush=True)
    return "read", ""


@pytest.mark.full
def test_each_misbehaviour_is_found_and_named(tmp_path: Path) -> None:
    found = {
        outcome.number: outcome
        for outcome in run(misbehave, iter(range(7)), tmp_path, 2, Limit(3, 600), time.monotonic() + 100)
    }
    assert [found[n].became for n in range(7)] == [
        "read",
        "raised",
        "hung",
        "swelled",
        "died",
        "loud",
        "read",
    ]
    assert "KeyError" in found[1].trace and "misbehave" in found[2].trace and "Abort" in found[4].trace


# Texts on which a pattern or a loop took a square of the length. Each must be read in seconds of a processor.
PARAGRAPHS = 30_000
SLOW_ONCE = {
    "sections": (".txt", "第一条\n" * PARAGRAPHS),
    "parts in brackets": (".txt", "（一）甲\n" * PARAGRAPHS),
    "paragraphs of a page": (".html", "申报时间为\n" * PARAGRAPHS),
    "lists' headings on a page": (".html", "相关阅读\n" * PARAGRAPHS),
    "offices": (".txt", "云溪县财政局 " * PARAGRAPHS),
    "one office": (".txt", "局" * 1_000_000),
    "quotation marks": (".txt", "《" * 1_000_000),
    "spaces behind a date": (".txt", f"本办法自2031年1月1日{' ' * 500_000}起施行。"),
    "spaces behind a signature": (".txt", f"办法\n第一条 甲。\n云溪县财政局{'　' * 500_000}x"),
    "spaces at a sentence's head": (".txt", f"办法\n2031年1月1日{'　' * 500_000}企业申请。"),
    "lists of what ends": (".txt", "废止下列文件：" * PARAGRAPHS * 4),
    "titles that end": (".txt", "《甲乙丙丁》云发〔2031〕1号文" * PARAGRAPHS + "废止"),
    "heads of a message that is none": (".doc", "X-Name: y\r\n" * 60 + "\r\n甲"),
    "an unclosed tag": (".raw", "<a" * 500_000),
    "unclosed fields": (".raw", "<textarea>" * 100_000),
    "unclosed literals": (".raw", '<script>"' + '\\"' * 500_000),
    "pieces of a paragraph": (".raw", "<p>" + "<span>甲</span>" * PARAGRAPHS),
    "raised figures": (".raw", "<p>" + "1<sup>2</sup>" * PARAGRAPHS),
    "pictures in a paragraph": (".raw", "<p>" + "<img alt='甲'>" * PARAGRAPHS),
    "spans of a table": (".raw", "<table>" + "<tr><td colspan=100 rowspan=999>甲<td>乙</tr>" * 2000),
    "hidden panes": (".raw", "<div>" + "<p hidden>第一条 甲乙丙。</p>" * PARAGRAPHS + "<p>第二条 丁。</p></div>"),
    "a million tags": (".raw", "<b>" * 1_000_000),
    "a frame's long address": (".raw", f"<iframe src='/{'a' * 400_000}'></iframe>"),
    "a bar of figures": (".raw", f"<p>{'1' * 150}甲</p>" * 40 + "<p>第一条 甲乙丙丁。</p>"),
    "a table's headers again and again": (".csv", "批次,,\n,企业,金额\n第一批,甲公司,20万元\n" * 12_000),
    "a group with a long name": (".csv", "企业,金额,备注\n" + "甲" * 50_000 + ",,\n" + "乙公司,30,续\n" * 6_000),
    "a page nested deep": (".raw", "<div>" * 1900 + "<p>第一条 甲乙丙丁。</p>" * PARAGRAPHS),
}  # fmt: skip


QUICK = ("heads of", "spaces", "unclosed", "titles", "offices", "quotation", "bar", "frame", "group")


@pytest.mark.parametrize(
    "name", [n if any(q in n for q in QUICK) else pytest.param(n, marks=pytest.mark.full) for n in SLOW_ONCE]
)
def test_long_texts_take_no_square_of_their_length(name: str) -> None:
    suffix, text = SLOW_ONCE[name]
    suffix, data = (".html", text.encode()) if suffix == ".raw" else written(text, suffix)
    file = SourceFile(f"/papers/a{suffix}", Path(f"/papers/a{suffix}"))
    started = time.process_time()
    try:
        document = read_document(file, data, 1, Limits())
        chunk(document)
        signature(document.text)
    except SourceError as error:
        assert "：" in str(error)
    assert time.process_time() - started < 15


@pytest.mark.parametrize(("parser", "number"), [("md", 3282), ("zip", 5696), ("zip", 11042)])
def test_reasons_stay_short_however_long_a_name_is(parser: str, number: int) -> None:
    suffix, data = made(parser, 1, number)
    assert read(parser, suffix, data) in ("read", "refused")

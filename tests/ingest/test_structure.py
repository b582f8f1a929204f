"""Sections and chunks: the paper's own numbering, exact spans, no clause lost."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.articles import article_at
from assistant.models import Document
from assistant.text import MAX_CHARS
from ingest.chunk import chunk
from ingest.read import read_document
from ingest.readers.plain import broken_share
from ingest.sources import SourceFile

PAPER = """某市人工智能扶持办法
第一章 总则
第一条 为支持企业，制定本办法。
第二条 支持方式如下：
（一）算力券。按合同金额的最高40%给予资助。
（二）模型券。按服务费用给予资助：
1.一般企业最高20%；
2.初创企业最高30%。
第二章 附则
第三条 本办法自2026年1月1日起施行。
附件 申请表"""


def read(text: str, name: str = "办法.txt") -> Document:
    return read_document(SourceFile(f"/x/{name}", Path(f"/x/{name}")), text.encode())


def test_sections_follow_the_numbering() -> None:
    document = read(PAPER)
    found = {s.number: document.text[s.start : s.end] for s in document.sections}
    assert found["第二条"].startswith("第二条 支持方式") and found["第二条"].endswith("最高30%。")
    assert found["（二）"].splitlines()[-1].startswith("2.")
    assert found["第一章"].endswith("2.初创企业最高30%。")
    assert found["附件"] == "附件 申请表"


def test_article_as_people_cite_it() -> None:
    document = read(PAPER)
    assert article_at(document.sections, document.text.index("按合同金额")) == "第二条（一）"
    assert article_at(document.sections, document.text.index("初创企业")) == "第二条（二）2"
    assert article_at(document.sections, 0) is None


def test_a_clause_is_a_chunk_with_its_headings() -> None:
    chunks = {c.article: c for c in chunk(read(PAPER))}
    assert (
        chunks["第二条（二）"].text.startswith("（二）模型券。")
        and "初创企业最高30%" in chunks["第二条（二）"].text
    )
    assert chunks["第二条（一）"].headings[0] == "第一章 总则"


def test_table_rows_keep_their_header() -> None:
    document = read("# 分档\n\n| 档次 | 上限 |\n|---|---|\n| 一档 | 500万元 |\n| 二档 | 300万元 |\n", "表.md")
    assert "档次：二档｜上限：300万元" in document.text


def test_a_question_stays_with_its_answer() -> None:
    answers = "这里是回答，" + "需要说明的内容很多，" * 40
    document = read(f"算力券政策问答\n问：谁可以申请？\n答：{answers}。\n问：补多少？\n答：最高80万元。\n")
    texts = [c.text for c in chunk(document)]
    assert any("谁可以申请" in t and "这里是回答" in t and "补多少" not in t for t in texts)
    assert any("补多少" in t and "最高80万元" in t for t in texts)
    assert all(c.article is None for c in chunk(document))


lines = st.lists(
    st.text(alphabet="第一二三条章、（）1.①甲乙丙。；：a %", min_size=1, max_size=40), min_size=1, max_size=30
)


@given(lines)
def test_every_character_of_the_body_is_in_a_chunk_at_its_place(parts: list[str]) -> None:
    text = "\n".join(parts)
    if not text.strip():
        return
    document = read(text)
    chunks = chunk(document)
    assert all(document.text[c.start : c.end] == c.text for c in chunks)
    assert all(len(c.text) <= MAX_CHARS for c in chunks)
    covered = {i for c in chunks for i in range(c.start, c.end)}
    headings = {s.heading for s in document.sections}
    start = 0
    for line in document.text.split("\n"):
        is_whole = all(i in covered or document.text[i].isspace() for i in range(start, start + len(line)))
        assert line in headings or is_whole
        start += len(line) + 1


@given(st.text(alphabet="甲乙丙丁，", min_size=MAX_CHARS, max_size=3 * MAX_CHARS))
def test_what_is_too_long_is_cut_but_kept(text: str) -> None:
    document = read(text)
    assert "".join(c.text for c in chunk(document)) == document.text


@given(st.text(max_size=300))
def test_any_text_survives(text: str) -> None:
    if not "".join(text.split()) or "\0" in text:
        return
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    if broken_share(text) > 0.005:
        return  # no characters: said, and not taken in
    document = read_document(SourceFile("/x/a.txt", Path("/x/a.txt")), data)
    assert "".join(document.text.split()) == "".join(text.removeprefix("\ufeff").split())
    seen = {i for c in chunk(document) for i in range(c.start, c.end)}
    headings = {i for s in document.sections for i in range(s.start, s.start + len(s.heading))}
    assert all(document.text[i].isspace() or i in seen | headings for i in range(len(document.text)))
    assert all(document.text[c.start : c.end] == c.text for c in chunk(document))

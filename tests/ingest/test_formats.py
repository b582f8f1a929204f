"""A golden test for each format: file → sections → chunks, spans exact, table rows with their header."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from assistant.models import Document
from ingest.chunk import chunk
from ingest.read import read_document
from ingest.reading import Limits
from ingest.sources import SourceFile, collect
from tests.ingest import files


def read(path: Path, limits: Limits = Limits()) -> Document:
    source = SourceFile(str(path), path)
    document = read_document(source, source.read_bytes(limits), limits=limits)
    for c in chunk(document):
        assert document.text[c.start : c.end] == c.text
    for s in document.sections:
        assert document.text[s.start : s.end].startswith(s.heading)
    return document


@pytest.mark.parametrize("suffix", files.FORMATS)
def test_the_same_paper_in_each_format(tmp_path: Path, suffix: str) -> None:
    document = read(files.write_all(tmp_path)[suffix])
    assert document.head.title == files.TITLE
    found = [(s.number, s.heading) for s in document.sections if s.number]
    assert found == [("一", "一、支持对象"), ("二", "二、支持标准")]
    chunks = {c.article: c.text for c in chunk(document)}
    assert chunks["一"].startswith(files.LINES[1])
    assert files.LINES[3] in chunks["二"]


def test_a_page_is_read_without_what_is_around_the_paper(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    table = (
        "<table><tr><th>类别</th><th>档次</th><th>上限</th></tr><tr><td rowspan='2'>示范</td><td>一档</td><td>90万元</td></tr>"
        "<tr><td>二档</td><td>70万元</td></tr></table>"
    )
    page.write_text(
        files.html_page("某市办法", f"<p>第一条 对象为企业。</p>{table}<p>第二条 自2026年4月1日起施行。</p>"),
        encoding="utf-8",
    )
    document = read(page)
    assert document.text.splitlines() == [
        "某市办法",
        "第一条 对象为企业。",
        "类别：示范｜档次：一档｜上限：90万元",
        "类别：示范｜档次：二档｜上限：70万元",
        "第二条 自2026年4月1日起施行。",
    ]
    assert str(document.head.published_on) == "2026-03-05"


def test_a_table_over_pages_keeps_header_and_merged_cells(tmp_path: Path) -> None:
    pdf = tmp_path / "分档.pdf"
    files.write_table_pdf(pdf)
    lines = read(pdf).text.splitlines()
    assert lines[0] == "分档标准如下：" and lines[-1] == "本表自2026年1月1日起执行。"
    assert len(lines) == 62
    assert lines[1] == "类别：第1类｜档次：一档｜上限：150万元"
    assert lines[2] == "类别：第1类｜档次：二档｜上限：130万元"
    assert lines[60] == "类别：第20类｜档次：三档｜上限：2010万元"


def test_running_heads_and_page_numbers_are_not_the_paper(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "book.pdf"))
    for page in range(1, 5):
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 800, "某市人民政府公报")
        canvas.drawString(72, 700, f"第{'一二三四'[page - 1]}条 第{page}页的内容在这里。")
        canvas.drawString(280, 40, f"- {page} -")
        canvas.showPage()
    canvas.save()
    document = read(tmp_path / "book.pdf")
    assert "公报" not in document.text and "- 2 -" not in document.text
    assert [s.number for s in document.sections] == ["第一条", "第二条", "第三条", "第四条"]


def test_a_scanned_paper_is_recognised_page_by_page(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    files.write_scan(
        scan, [[files.TITLE, *files.LINES], ["三、施行", "本办法自2026年5月1日起施行，有效期3年。"]]
    )
    limits = Limits(ocr_cache=tmp_path / "ocr")
    document = read(scan, limits)
    assert "最高25%给予，最高80万元" in document.text
    assert document.head.title == files.TITLE and str(document.head.effective_to) == "2029-05-01"
    assert any(("文字识别" in note and "0.9" in note) or "1.0" in note for note in document.head.notes)
    kept = sorted(p.name for p in (tmp_path / "ocr").iterdir())
    assert len(kept) == 2


def test_a_stopped_recognition_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.readers import ocr

    scan = tmp_path / "scan.pdf"
    files.write_scan(scan, [["第一页的文字在这里。"], ["第二页的文字在这里。"]])
    limits = Limits(ocr_cache=tmp_path / "ocr")
    read(scan, limits)
    first = sorted((tmp_path / "ocr").iterdir())[0]
    first.unlink()
    calls = []
    engine = ocr._engine()

    def counted(image: object) -> object:
        calls.append(image)
        return engine(image)

    monkeypatch.setattr(ocr, "_engine", lambda: counted)
    assert "第二页" in read(scan, limits).text
    assert len(calls) == 1


def test_a_photograph_of_a_paper(tmp_path: Path) -> None:
    files.picture([files.TITLE, *files.LINES]).save(tmp_path / "photo.png")
    assert "最高80万元" in read(tmp_path / "photo.png").text


def test_numbers_that_word_makes_and_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "guide.docx"
    files.write_numbered_docx(path)
    document = read(path)
    assert document.text.splitlines() == [
        "某市模型补贴指南",
        "一、支持对象",
        "（一）本市企业。",
        "（二）本市高校。",
        "二、支持标准",
        "（一）按服务费用的最高20%给予。",
        "类别：示范｜档次：一档｜上限：90万元",
        "类别：示范｜档次：二档｜上限：70万元",
    ]


def test_lists_in_sheets(tmp_path: Path) -> None:
    files.write_xlsx(tmp_path / "list.xlsx")
    document = read(tmp_path / "list.xlsx")
    assert document.text.splitlines() == [
        "某市算力券发放名单",
        "批次：第一批｜企业：甲公司｜金额：120万元",
        "批次：第一批｜企业：乙公司｜金额：80万元",
        "批次：第二批｜企业：丙公司｜金额：30万元",
    ]
    assert document.head.title == "某市算力券发放名单" and document.head.kind == "公示"
    (tmp_path / "list.csv").write_bytes('企业,金额\n甲公司,"1,200万元"\n'.encode("gb18030"))
    assert read(tmp_path / "list.csv").text == "企业：甲公司｜金额：1,200万元"


def test_a_zip_of_papers(tmp_path: Path) -> None:
    packed = tmp_path / "papers.zip"
    packed.write_bytes(
        files.zip_of(
            {
                "一/甲.txt": "甲办法\n第一条 最高10万元。".encode(),
                "readme.exe": b"MZ",
                "乙.md": "# 乙办法\n\n内容".encode(),
            }
        )
    )
    found = collect([str(packed)], Limits())
    assert [f.source for f in found.files] == [f"{packed}!一/甲.txt", f"{packed}!乙.md"]
    document = read_document(found.files[0], found.files[0].read_bytes(Limits()))
    assert document.head.title == "甲办法" and document.head.id.startswith("甲-")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_every_encoding_papers_come_in(tmp_path: Path, encoding: str) -> None:
    text = (
        "某市算力補貼辦法\n第一條 補貼對象為本市登記的企業，按合同金額的最高25%給予，最高80萬元。\n"
        "第二條 申請單位應當依法登記。"
    )
    path = tmp_path / "paper.txt"
    path.write_bytes(text.encode(encoding))
    assert read(path).text == text


def test_a_page_in_the_encoding_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "paper.html"
    path.write_bytes(
        files.html_page("某市办法", "<p>第一条 对象为企业，最高80万元。</p>")
        .replace("utf-8", "gb2312")
        .encode("gb18030")
    )
    assert "第一条 对象为企业，最高80万元。" in read(path).text


@pytest.mark.office
def test_old_word_through_libreoffice(tmp_path: Path) -> None:
    source = files.write_all(tmp_path)["docx"]
    command = ["soffice", "--headless", "--convert-to", "doc", "--outdir", str(tmp_path / "old"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert files.LINES[3] in read(tmp_path / "old/paper-docx.doc").text

"""Saved pages with the files that lie beside them, and folders in which not everything can be read."""

from __future__ import annotations

from pathlib import Path

from assistant.wiring import Application
from ingest.beside import with_parts
from ingest.gather import gather, limits_of
from ingest.pipeline import Ingest, Report
from ingest.read import attachment_heading
from ingest.reading import Limits
from ingest.sources import collect
from tests.conftest import make_settings
from tests.ingest import files


def ingest(application: Application, *paths: Path) -> Report:
    found = gather(application, [str(p) for p in paths], False, False, lambda *_: None)
    home, limits = application.settings.home, limits_of(application)
    return Ingest(home, application.catalog, application.encoder, limits).run(found)


def saved(folder: Path) -> None:
    """A page with two attachments, one beside it and one in the browser's folder; and a paper of its own."""
    body = (
        "<p>第一条 对象为企业。</p><p>附件：1.<a href='./%E6%A0%87%E5%87%86.csv'>补贴标准表</a></p>"
        "<p>2.<a href='https://example.gov.cn/files/P0201.docx'>附件2：申报指南.docx</a></p>"
    )
    (folder / "办法_files").mkdir(parents=True)
    (folder / "办法.html").write_text(files.html_page("某市办法", body), encoding="utf-8")
    (folder / "标准.csv").write_text("档次,标准（万元）\n一档,90\n二档,60\n", encoding="utf-8")
    files.write_numbered_docx(folder / "办法_files" / "P0201.docx")
    (folder / "别的.txt").write_text("别的办法\n第一条 最高70万元。", encoding="utf-8")


def test_files_beside_a_saved_page_are_its_parts(tmp_path: Path) -> None:
    saved(tmp_path / "in")
    application = Application(make_settings(tmp_path / "home", embedding_model="hash"))
    report = ingest(application, tmp_path / "in")
    assert (report.added, report.failed) == (2, [])
    heads = {head.title: head for head, _ in application.catalog.heads().values()}
    document = application.catalog.document(heads["某市办法"].id)
    assert document is not None
    assert "附件1：补贴标准表\n档次：一档｜标准：90万元" in document.text
    assert "附件2：申报指南" in document.text and "按服务费用的最高20%" in document.text
    (tmp_path / "in" / "标准.csv").write_text("档次,标准（万元）\n一档,95\n", encoding="utf-8")
    assert ingest(application, tmp_path / "in").updated == 1  # a changed attachment is a changed paper


def test_a_file_that_becomes_a_part_is_no_paper_of_its_own(tmp_path: Path) -> None:
    application = Application(make_settings(tmp_path / "home", embedding_model="hash"))
    table = tmp_path / "标准.csv"
    table.write_text("档次,标准（万元）\n一档,90\n", encoding="utf-8")
    assert ingest(application, table).added == 1
    body = "<p>第一条 对象为企业，标准见附件。</p><p><a href='标准.csv'>附件：标准</a></p>"
    (tmp_path / "办法.html").write_text(files.html_page("某市办法", body), encoding="utf-8")
    report = ingest(application, tmp_path)
    assert (report.added, report.removed, report.documents) == (1, 1, 1)


def test_what_is_not_beside_the_page_is_said(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        files.html_page("某市办法", "<p>第一条 对象为企业。</p><p><a href='/x/1.pdf'>附件：申请表</a></p>"),
        encoding="utf-8",
    )
    (file,) = with_parts(collect([str(page)], Limits()).files)
    assert [(part.name, part.file) for part in file.parts] == [("附件：申请表", None)]


def test_every_file_that_is_not_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "好.txt").write_text("好办法\n第一条 最高80万元。", encoding="utf-8")
    for name in ("演示.mp4", "sub/旧包.rar", "图纸.dwg", "没有扩展名", "版式.ceb"):
        (folder / name).write_bytes(b"x")
    for name in (".DS_Store", "~$好.docx", "好.txt.meta.yaml", "page.css"):
        (folder / name).write_bytes(b"{}")
    found = collect([str(folder)], Limits())
    assert [f.name for f in found.files] == ["好.txt"]
    named = {Path(source).name: reason for source, reason in found.failed.items()}
    assert set(named) == {"演示.mp4", "旧包.rar", "图纸.dwg", "没有扩展名", "版式.ceb"}
    assert all(reason.startswith("没有读：") and "请" in reason for reason in named.values())


def test_members_of_a_zip_that_are_not_read_are_named(tmp_path: Path) -> None:
    import zipfile

    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("好.txt", "好办法\n第一条 最高80万元。")
        archive.writestr("片子.mp4", "x")
        archive.writestr("__MACOSX/._好.txt", "x")
    found = collect([str(packed)], Limits())
    assert [f.name for f in found.files] == ["好.txt"]
    assert list(found.failed) == [f"{packed}!片子.mp4"]


def test_papers_of_a_title_and_no_more_are_no_copies(tmp_path: Path) -> None:
    application = Application(make_settings(tmp_path / "home", embedding_model="hash"))
    for name in ("甲", "乙"):
        (tmp_path / f"{name}.txt").write_text("通知公告", encoding="utf-8")
    report = ingest(application, tmp_path / "甲.txt", tmp_path / "乙.txt")
    assert (report.added, report.duplicates) == (2, [])


def test_headings_of_attachments() -> None:
    assert [attachment_heading(name, 3) for name in (
        "附件1.docx", "附件：申请表.doc", "附件2：《标准表》.xlsx", "4.花名册.xls", "申报指南.pdf", "附件5 承诺书",
    )] == ["附件1", "附件3：申请表", "附件2：标准表", "附件4：花名册", "附件3：申报指南", "附件5：承诺书"]  # fmt: skip

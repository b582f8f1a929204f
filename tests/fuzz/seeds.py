"""Sound files of each kind that the fuzzer starts from, the same bytes on every run."""

from __future__ import annotations

import io
import re
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import reportlab.rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.ingest import files, ofd_files, page_shapes, test_old_formats, test_sheets, test_word
from tests.ingest.ofd_files import Line

_DAY = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?<=D:)\d{14}")
_ENDS_OF_CHAIN, _TABLE_OF_CHAINS, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR = 512

PAPER = (
    "云溪县民宿奖补办法",
    "云文旅发〔2031〕7号",
    "第一章 总则",
    "第一条 为落实《云溪县文旅发展规划》，制定本办法。",
    "第二条 对甲级民宿一次性奖励18万元，按投资额的25%补助，最高60万元。",
    "（一）申报时间：2031年3月1日至4月30日。",
    "（二）咨询电话：0577-1234567。",
    "第三条 本办法自2031年5月1日起施行，有效期3年。《云溪县民宿补助暂行规定》同时废止。",
    "云溪县文化和旅游局",
    "2031年2月10日",
)


@lru_cache(maxsize=1)
def seeds() -> dict[str, list[tuple[str, bytes]]]:
    """Kind → (suffix, bytes) of its seeds."""
    made: dict[str, list[tuple[str, bytes]]] = {
        "html": [(".html", path.read_bytes()) for path in sorted(page_shapes.FOLDER.glob("*.html"))],
        "pdf": [(".pdf", data) for data in _pdfs()],
        "docx": [(".docx", data) for data in _words()],
        "xlsx": [(".xlsx", data) for data in _workbooks()],
        "xls": [(".xls", compound(old_book())), (".xls", old_book()), (".et", compound(old_book()))],
        "csv": [(".csv", data) for data in _csvs()],
        "ofd": [(".ofd", data) for data in _ofds()],
        "rtf": [(".rtf", data) for data in _rtfs()],
        "pptx": [(".pptx", test_old_formats.slides())],
        "md": [(".md", text.encode()) for text in _markdown()],
        "txt": [(".txt", "\n".join(PAPER).encode(e)) for e in ("utf-8", "gb18030", "utf-16")],
        "mht": [(s, test_old_formats.web_archive(e)) for s in (".mht", ".doc") for e in ("gb2312", "utf-8")],
        "zip": [(".zip", data) for data in _zips()],
        "image": [(".png", _png()), (".jpg", _jpg())],
    }
    return {kind: [(suffix, steady(data)) for suffix, data in found] for kind, found in made.items()}


def steady(data: bytes) -> bytes:
    """The bytes without the moment at which they were made."""
    if not data.startswith(b"PK\x03\x04"):
        return _DAY.sub(lambda hit: b"20310101000000"[: len(hit[0])], data) if data[:5] == b"%PDF-" else data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(i.filename, archive.read(i)) for i in archive.infolist()]
    return packed([(name, _DAY.sub(b"2031-01-01T00:00:00Z", content)) for name, content in members])


def packed(members: list[tuple[str, bytes]]) -> bytes:
    """A zip of these members, each as of 1980; a name may come twice."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def _written(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _pdfs() -> list[bytes]:
    reportlab.rl_config.invariant = 1
    lines = list(PAPER)
    return [
        _written(lambda path: files.write_pdf(path, lines), "a.pdf"),
        _written(lambda path: files.write_table_pdf(path, rows=9), "a.pdf"),
        _plain_pdf(),
    ]


def _plain_pdf() -> bytes:
    """Two pages with rules, a turned page and streams that are not packed."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0, invariant=1)
    for page in range(2):
        canvas.setFont("STSong-Light", 14)
        for number, line in enumerate(PAPER):
            canvas.drawString(72, 760 - 22 * number, line)
        canvas.grid([72, 200, 330, 500], [300, 330, 360, 390])
        for row in range(3):
            for column, text in enumerate(("民宿", "甲级", f"{row + 1}8万元")):
                canvas.drawString(80 + 128 * column, 308 + 30 * row, text)
        canvas.setPageRotation(90 * page)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _words() -> list[bytes]:
    numbered = _written(files.write_numbered_docx, "a.docx")
    return [_written(lambda p: files.write_all(p.parent), "paper-docx.docx"), numbered, *test_word.SEEDS]


def _workbooks() -> list[bytes]:
    one = test_sheets.book_of(test_sheets.standards)
    return [
        one,
        test_sheets.book_of(test_sheets.hiding, test_sheets.secret),
        _written(files.write_xlsx, "a.xlsx"),
    ]


def _csvs() -> list[bytes]:
    rows = '企业,金额（万元）,备注\n甲公司,"1,200",\n乙公司,30,"续报""一次"\n'
    return [
        rows.encode(),
        rows.replace(",", "\t").encode("utf-16"),
        rows.replace(",", ";").encode("gb18030"),
        "名单,,\n批次,企业,金额\n第一批,甲公司,120万元\n\n批次,企业,金额\n第二批,乙公司,20万元\n".encode(),
    ]


def _ofds() -> list[bytes]:
    pages = [[Line(line, 28, 40 + 12 * n) for n, line in enumerate(PAPER)]] * 2
    ruled = "".join(
        [ofd_files.stroke(30, y, 150, y) for y in (60, 70, 80)]
        + [ofd_files.bar(x, 60, x, 80) for x in (30, 90, 150)]
        + [
            ofd_files.line_object(Line(text, x, y))
            for x, y, text in ((32, 68, "档次"), (92, 68, "上限"), (32, 78, "甲级"), (92, 78, "18万元"))
        ]
    )
    table = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(1),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(ruled),
        }
    )
    return [ofd_files.by_lines(pages), ofd_files.by_runs(pages), ofd_files.by_converter(pages), table]


def _rtfs() -> list[bytes]:
    gbk, row = test_old_formats.gbk, test_old_formats.row
    table = row(["类别", "档次", "标准（万元）"], ["", "", ""]) + row(
        ["民宿", "甲级", "18"], [r"\clvmgf", "", ""]
    )
    return [
        (test_old_formats.HEAD + r"\par ".join(map(write, PAPER)) + "}").encode()
        for write in (gbk, test_old_formats.unicode)
    ] + [
        (test_old_formats.HEAD + gbk(PAPER[0]) + r"\par " + table + r"\pard " + gbk(PAPER[4]) + "}").encode()
    ]


def _markdown() -> list[str]:
    body = "\n\n".join([f"# {PAPER[0]}", f"## {PAPER[2]}", *PAPER[3:]])
    table = "| 档次 | 上限（万元） |\n| --- | --- |\n| 甲级 | 18 |\n"
    return [
        body,
        f"---\ntitle: {PAPER[0]}\nissuer: 云溪县文化和旅游局\nwritten_on: 2031-02-10\ntags: [a, {{b: c}}]\n---\n{body}",
        f"{body}\n\n{table}\n1. 甲\n   - 乙\n     > 丙\n\n```\n代码\n```\n<b>粗</b> [链接](a.pdf) ![图](b.png)\n",
    ]


def _zips() -> list[bytes]:
    text = "\n".join(PAPER)
    page = files.html_page(PAPER[0], "".join(f"<p>{line}</p>" for line in PAPER[1:]))
    return [
        files.zip_of(
            {"a/甲.txt": text.encode(), "乙.md": f"# {text}".encode(), "b/c/丙.html": page.encode()}
        ),
        files.zip_of({"甲.txt": text.encode("gb18030"), "x.rar": b"Rar!", "y.csv": b"a,b\n1,2\n"}),
    ]


def _png() -> bytes:
    buffer = io.BytesIO()
    files.picture([PAPER[0], PAPER[4][:20]]).save(buffer, "PNG")
    return buffer.getvalue()


def _jpg() -> bytes:
    buffer = io.BytesIO()
    files.picture([PAPER[0]]).save(buffer, "JPEG")
    return buffer.getvalue()


def old_book() -> bytes:
    """A workbook of Excel 97–2003 (BIFF8) as a bare stream: texts, numbers under a format, a merged area, hidden parts."""
    globals_ = [
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)),
        _record(0x0042, struct.pack("<H", 1200)),
        *[_record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + _short("宋体"))]
        * 5,
        _record(0x041E, struct.pack("<H", 164) + _long('0"万元"')),
        *[
            _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, form, 0, 0x20, 0, 0, 0, 0, 0, 0x20C0))
            for form in (0, 164, 14)
        ],
    ]
    names = ("标准", "名单")
    end = _record(0x000A, b"")
    first = sum(map(len, globals_)) + sum(12 + 2 * len(n) for n in names) + len(end)
    sheets = [_sheet(0), _sheet(1)]
    places = [first, first + len(sheets[0])]
    listed = [
        _record(0x0085, struct.pack("<IBB", at, 0, 0) + _short(n))
        for at, n in zip(places, names, strict=True)
    ]
    return b"".join([*globals_, *listed, end, *sheets])


def _sheet(number: int) -> bytes:
    rows: tuple[tuple[str | float, ...], ...] = (
        ("云溪县奖励标准表",),
        ("序号", "事项", "标准", "日期"),
        (1.0, "甲级民宿", 18.0, 48000.0),
        (2.0, "乙级民宿", 9.5, 48001.0),
    )
    records = [
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)),
        _record(0x0200, struct.pack("<IIHHH", 0, 4, 0, 4, 0)),
        _record(0x007D, struct.pack("<HHHHHH", 3, 3, 2560, 0, number, 0)),
        _record(0x0208, struct.pack("<HHHHIHH", 3, 0, 4, 255, 0, 0x20 * number, 15)),
    ]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                records.append(_record(0x0204, struct.pack("<HHH", r, c, 0) + _long(value)))
            else:
                records.append(_record(0x0203, struct.pack("<HHHd", r, c, (0, 0, 1, 2)[c], value)))
    records.append(_record(0x00E5, struct.pack("<HHHHH", 1, 0, 0, 0, 3)))
    records.append(_record(0x000A, b""))
    return b"".join(records)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _long(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file (MS-CFB, version 3) with one stream: header, table of chains, directory, the stream."""
    body = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(body) // _SECTOR
    chains = [_TABLE_OF_CHAINS, _ENDS_OF_CHAIN, *range(3, 2 + count), _ENDS_OF_CHAIN]
    chains += [_FREE] * (_SECTOR // 4 - len(chains))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _ENDS_OF_CHAIN, 0, _ENDS_OF_CHAIN, 0, 0
    )
    header += struct.pack("<I", _FREE) * 108
    entries = _entry("Root Entry", 5, 1, _ENDS_OF_CHAIN, 0) + _entry(name, 2, _FREE, 2, len(body))
    return header + struct.pack(f"<{_SECTOR // 4}I", *chains) + entries.ljust(_SECTOR, b"\0") + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = (name + "\0").encode("utf-16-le")
    said = struct.pack("<HBBIII36xII4x", len(coded), kind, 1, _FREE, _FREE, child, start, size)
    return coded.ljust(64, b"\0") + said

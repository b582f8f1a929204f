"""A folder as an office keeps one: papers in every format, copies, packages, damaged files, and what is no paper."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from tests.ingest import files, ofd_files
from tests.ingest.ofd_files import Line
from tests.ingest.word_files import centred, p, word

_WORDS = (
    "补贴 企业 项目 资金 申请 合同 比例 期限 材料 部门 审核 发放 年度 上限 单位 服务 场地 设备 研发 人才 园区 机构 "
    "票据 验收 公示 名单 主管 税收 产值 就业 信用 绿色 数据 平台 出口 物流 仓储 展会 商标 专利 标准 培训 融资 担保 贴息"
).split()
_PLACES = "云溪县 松涛区 墨溪县 海棠县 榆树湾县 石桥镇 青禾市 白鹭区".split()
_KINDS = ("html", "docx", "txt", "md", "pdf", "xlsx", "ofd", "rtf", "zip", "gbk")


@dataclass
class Expected:
    """What must become of the files, by source: those that are read (copies among them), those that fail."""

    good: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)


def write_mixed(folder: Path, count: int, seed: int = 11) -> Expected:
    """Write so many files; of twenty, sixteen are papers, two copies, one is damaged and one is no paper."""
    folder.mkdir(parents=True)
    chance, expected = random.Random(seed), Expected()
    papers: list[list[str]] = []
    for number in range(count):
        name = f"{number % 7}/{number:04d}"
        (folder / name).parent.mkdir(exist_ok=True)
        match number % 20:
            case 5 | 13:
                _write(folder, f"{name}-再发", "txt", chance.choice(papers), expected)
            case 9:
                _damaged(folder / name, number // 20, expected)
            case 17:
                path = folder / f"{name}{('.mp4', '.rar', '.exe', '.caj')[number // 20 % 4]}"
                path.write_bytes(b"\0\1\2 no paper")
                expected.bad.add(str(path))
            case _:
                lines = _paper(number, chance)
                papers.append(lines)
                _write(folder, name, _KINDS[number * 7 % len(_KINDS)], lines, expected)
    return expected


def _paper(number: int, chance: random.Random) -> list[str]:
    place = _PLACES[number % len(_PLACES)]
    clauses = [
        f"第{i}条 {''.join(chance.choice(_WORDS) for _ in range(30))}，最高{chance.randint(1, 99)}万元。"
        for i in range(1, 6)
    ]
    return [f"{place}第{number}号扶持{''.join(chance.sample(_WORDS, 2))}办法", *clauses]


def _write(folder: Path, name: str, kind: str, lines: list[str], expected: Expected) -> None:
    path = folder / f"{name}.{'txt' if kind == 'gbk' else kind}"
    body = "\n".join(lines)
    match kind:
        case "html":
            paragraphs = "".join(f"<p>{line}</p>" for line in lines[1:])
            path.write_text(files.html_page(lines[0], paragraphs), encoding="utf-8")
        case "docx":
            path.write_bytes(word(centred(lines[0]) + "".join(map(p, lines[1:]))))
        case "txt":
            path.write_text(body, encoding="utf-8")
        case "gbk":
            path.write_bytes(body.encode("gb18030"))
        case "md":
            path.write_text(f"# {lines[0]}\n\n" + "\n\n".join(lines[1:]), encoding="utf-8")
        case "pdf":
            files.write_pdf(path, [line[i : i + 36] for line in lines for i in range(0, len(line), 36)])
        case "xlsx":
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            for row in (
                [lines[0], None],
                ["序号", "内容"],
                *([n, line] for n, line in enumerate(lines[1:], 1)),
            ):
                sheet.append(row)
            book.save(path)
        case "ofd":
            pieces = [line[i : i + 26] for line in lines for i in range(0, len(line), 26)]
            path.write_bytes(
                ofd_files.by_lines([[Line(piece, 28, 40 + 9 * n) for n, piece in enumerate(pieces)]])
            )
        case "rtf":
            shown = [
                "".join(
                    c if ord(c) < 128 else f"\\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?" for c in x
                )
                for x in lines
            ]
            path.write_text("{\\rtf1\\ansi\\uc1 \\pard " + "\\par ".join(shown) + "}")
        case "zip":
            members = {
                "甲/正文.txt": body.encode(),
                "乙.md": f"# {lines[0]}附件说明\n\n{lines[-1]}{lines[1]}".encode(),
                "丙.rar": b"Rar!",
            }
            path.write_bytes(files.zip_of(members))
            expected.good |= {f"{path}!甲/正文.txt", f"{path}!乙.md"}
            expected.bad.add(f"{path}!丙.rar")
            return
    expected.good.add(str(path))


def _damaged(path: Path, number: int, expected: Expected) -> None:
    """A damaged file of some kind."""
    suffix, data = (
        (".docx", word(p("内容" * 50))[:-300]),
        (".pdf", b"%PDF-1.7 and nothing more"),
        (".txt", b"  \n"),
        (".zip", b"PK\x03\x04 broken"),
        (".html", b"<html><body><script>x()</script></body></html>"),
        (".ofd", files.zip_of({"OFD.xml": b"<a/>"})),
        (".xlsx", b"PK\x03\x04 broken"),
        (".md", b"---\na: [\n---\n# x\n"),
        (".png", b"\x89PNG broken"),
    )[number % 9]
    path = path.with_name(path.name + suffix)
    path.write_bytes(data)
    expected.bad.add(str(path))

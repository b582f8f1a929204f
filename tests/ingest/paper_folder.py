"""A folder of 60 papers of invented cities, in all formats, with everything known of each: for one big test."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import opencc
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from assistant.models import Kind, Status
from tests.ingest.files import html_page, picture, write_scan, zip_of

TODAY = date(2026, 11, 22)
CITIES = "海州 临江 云港 北岭 东屏 西川 南浦 青河 石城 柳林 平湖 高桥".split()
THEMES = "算力 模型 数据 语料 机器人 芯片 软件 场景 人才 办公 融资 展会".split()
OFFICES = ("工业和信息化局", "科技创新局", "发展和改革委员会")
CLAUSES = (
    "申请单位应当具有独立法人资格，财务管理制度健全，未被列入严重失信主体名单。",
    "对采购{theme}服务的企业，按实际支付金额的最高{rate}%给予补贴，单个企业每年最高{cap}万元。",
    "对首次通过国家备案的项目，给予一次性奖励{prize}万元。",
    "同一项目已获得本市其他财政资金支持的，不得重复享受本政策。",
    "补贴资金采用事后拨付方式，由区财政和市财政按照一比一的比例分担。",
    "申请材料包括营业执照复印件、服务合同、发票、银行付款凭证以及验收报告。",
    "鼓励园区运营单位为初创团队提供免租工位，期限不超过{months}个月。",
    "主管部门每年组织一次绩效评价，评价结果作为下一年度预算安排的重要依据。",
    "企业弄虚作假骗取资金的，责令退回已拨付资金，三年内不得再次申请。",
    "成立不满一年的初创企业，补贴比例可以提高{extra}个百分点。",
    "支持高校和科研院所开放实验环境，按开放时长给予最高{lab}万元资助。",
    "每年遴选不超过{count}个典型应用案例，通过官方渠道集中宣传推广。",
    "注册地和实际经营地均在本市的企业方可申请，分公司不单独受理。",
    "对承办全国性行业活动的机构，按实际支出的{event}%给予资助。",
    "专项资金年度总额控制在{total}万元以内，额满即止，先到先得。",
    "与申请单位存在关联关系的供应方签订的合同不予认定。",
    "第三方审计机构由主管部门通过公开招标的方式确定。",
    "评审专家从市级专家库中随机抽取，实行回避制度。",
)


@dataclass
class Paper:
    """One paper and what must be read from it."""

    name: str
    title: str
    lines: list[str]
    format: str = "txt"
    head: dict[str, Any] = field(default_factory=dict)
    status: Status = Status.IN_FORCE
    links: set[tuple[str, str]] = field(default_factory=set)  # (relation, title)
    copy_of: str | None = None
    copy_kind: str | None = None


def _body(chance: random.Random, theme: str, figures: dict[str, int]) -> list[str]:
    chosen = chance.sample(CLAUSES, 8)
    return [
        f"第{'一二三四五六七八'[i]}条 {clause.format(theme=theme, **figures)}"
        for i, clause in enumerate(chosen)
    ]


def _figures(chance: random.Random) -> dict[str, int]:
    ranges = {
        "rate": (10, 60), "cap": (50, 900), "prize": (10, 90), "months": (3, 24), "extra": (5, 20), "lab": (20, 300),
        "count": (5, 50), "event": (10, 50), "total": (1000, 9000),
    }  # fmt: skip
    return {name: chance.randint(*bounds) for name, bounds in ranges.items()}


def _policy(index: int, chance: random.Random, format: str) -> Paper:
    city, theme = CITIES[index % 12], THEMES[(index * 5 + index // 12) % 12]
    kinds = (("若干措施", Kind.POLICY), ("操作规程", Kind.PROCEDURE), ("申请指南", Kind.GUIDE))
    word, kind = kinds[index % 3]
    title = f"{city}市{theme}产业扶持{word}"
    office = f"{city}市{OFFICES[index % 3]}"
    written = date(2025, 1, 6) + timedelta(days=11 * index)
    start = written + timedelta(days=10)
    years = 3 + index % 2
    number = f"{city[0]}工信规〔{written.year}〕{index + 1}号"
    lines = [title, number, *_body(chance, theme, _figures(chance))]
    head: dict[str, Any] = {
        "title": title, "document_number": number, "kind": kind, "issuer": office, "written_on": written,
        "effective_from": start, "effective_to": start.replace(year=start.year + years), "region": f"{city}市",
    }  # fmt: skip
    if kind is Kind.GUIDE:
        opens = start + timedelta(days=30)
        closes = opens + timedelta(days=29)
        lines.append(f"申报时间：{_day(opens)}至{_day(closes)}")
        lines.append(f"责任单位：{office}、{city}市财政局")
        lines.append(f"咨询电话：0{700 + index}-8{index:02d}66888")
        head |= {"window_from": opens, "window_to": closes, "departments": (office, f"{city}市财政局")}
        head["contact"] = f"0{700 + index}-8{index:02d}66888"
    lines.append(f"第九条 本文件自{_day(start)}起施行，有效期{years}年。")
    lines += [office, _day(written)]
    return Paper(f"{index:02d}-{theme}", title, lines, format, head)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


FORMATS = ("txt", "md", "html", "docx", "pdf", "gbk")


def papers() -> list[Paper]:
    """47 papers of their own, 10 reprints, 3 spun copies."""
    chance = random.Random(20261122)
    base = [_policy(i, chance, FORMATS[i % 6]) for i in range(36)]
    base[4].format, base[9].format, base[14].format = "scan", "png", "zip"
    for index in (7, 19, 31):
        _expire(base[index])
    extra = [_revise(base[1]), _revise(base[13]), _draft(base[3]), _draft(base[10])]
    extra += [_interpretation(base[6]), _interpretation(base[12]), _news(base[8]), _news(base[21])]
    extra += [_roll(n, chance) for n in range(3)]
    originals = base + extra
    reprints = [_reprint(p, i) for i, p in enumerate(base[22:32])]
    spun = [_spin(p, i) for i, p in enumerate((base[0], base[16], base[20]))]
    made = originals + reprints + spun
    assert len(made) == 60 and len({p.name for p in made}) == 60
    return made


def _expire(paper: Paper) -> None:
    old = next(line for line in paper.lines if line.startswith("第九条"))
    end = date(2026, 6, 30)
    start = paper.head["effective_from"]
    paper.lines[paper.lines.index(old)] = f"第九条 本文件自{_day(start)}起施行，有效期至{_day(end)}。"
    paper.head["effective_to"], paper.status = end, Status.EXPIRED


def _revise(old: Paper) -> Paper:
    title = f"{old.title}（2026年修订版）"
    written, start = date(2026, 7, 1), date(2026, 8, 1)
    number = old.head["document_number"].replace("〔2025〕", "〔2026〕9")
    lines = [title, number, *old.lines[2:-3]]
    lines = [line.replace("最高", "至多") for line in lines]
    ending = f"《{old.title}》（{old.head['document_number']}）同时废止。"
    lines += [f"第九条 本文件自{_day(start)}起施行，有效期2年。{ending}", old.head["issuer"], _day(written)]
    head = old.head | {
        "title": title, "document_number": number, "written_on": written, "effective_from": start,
        "effective_to": date(2028, 8, 1),
    }  # fmt: skip
    old.status = Status.SUPERSEDED
    old.links |= {("superseded_by", title), ("repealed_by", title)}
    return Paper(
        f"{old.name}-2026",
        title,
        lines,
        "md",
        head,
        links={("supersedes", old.title), ("repeals", old.title)},
    )


def _draft(final: Paper) -> Paper:
    title = f"{final.title}（征求意见稿）"
    lines = [
        title,
        *[line.replace("最高", "不超过") for line in final.lines[2:-3]],
        "意见请于2025年2月1日前反馈。",
    ]
    head = {
        "title": title,
        "kind": Kind.DRAFT,
        "region": final.head["region"],
        "effective_from": None,
        "effective_to": None,
    }
    final.links.add(("final_of", title))
    return Paper(f"{final.name}-draft", title, lines, "docx", head, Status.DRAFT, {("draft_of", final.title)})


def _interpretation(paper: Paper) -> Paper:
    title = f"《{paper.title}》政策解读"
    lines = [
        title,
        f"一、为什么出台这份文件？为了让企业少跑腿，{paper.head['region']}把过去分散的支持合在了一起。",
        "二、谁来受理？由主管部门通过政务服务平台统一受理，企业不需要到窗口排队。",
        f"三、什么时候开始？文件自{_day(paper.head['effective_from'])}起施行。",
    ]
    paper.links.add(("interpreted_by", title))
    head = {"title": title, "kind": Kind.INTERPRETATION, "effective_from": None, "effective_to": None}
    return Paper(
        f"{paper.name}-why", title, lines, "html", head, Status.UNKNOWN, {("interprets", paper.title)}
    )


def _news(paper: Paper) -> Paper:
    title = f"{paper.head['region']}推出新一轮企业支持"
    lines = [
        title,
        f"本报记者李明报道 近日，{paper.head['region']}召开新闻发布会，介绍了最新的产业支持安排。",
        f"据介绍，《{paper.title}》自{_day(paper.head['effective_from'])}起施行，多家企业负责人到场交流了看法。",
    ]
    head = {"title": title, "kind": Kind.NEWS, "effective_from": None, "document_number": None}
    return Paper(f"{paper.name}-news", title, lines, "txt", head, Status.UNKNOWN)


def _roll(number: int, chance: random.Random) -> Paper:
    title = f"{CITIES[number]}市第{'一二三'[number]}批入库机构名单"
    rows = [["序号", "机构名称", "资助金额"]]
    rows += [
        [str(i), f"{CITIES[(i + number) % 12]}{THEMES[i]}科技有限公司", f"{chance.randint(10, 99)}万元"]
        for i in range(1, 8)
    ]
    lines = [
        title,
        *("；".join(f"{k}：{v}" for k, v in zip(rows[0], row, strict=True)) + "。" for row in rows[1:]),
    ]
    head = {"title": title, "kind": Kind.NOTICE, "region": f"{CITIES[number]}市"}
    return Paper(f"roll-{number}", title, lines, "xlsx" if number < 2 else "csv", head, Status.UNKNOWN)


def _reprint(paper: Paper, index: int) -> Paper:
    lines = list(paper.lines)
    if index % 3 == 0:
        lines = [opencc.OpenCC("s2t").convert(line) for line in lines]
    lines = [lines[0], "来源：产业政策网", *lines[1:]]
    if index % 2:
        lines.append("（转载自网络，仅供学习参考）")
    format = ("html", "txt", "docx")[index % 3]
    return Paper(
        f"reprint-{index}",
        lines[0],
        lines,
        format,
        copy_of=paper.title,
        copy_kind="reprint",
        status=Status.UNKNOWN,
    )


def _spin(paper: Paper, index: int) -> Paper:
    swap = {"企业": "公司", "给予": "发放", "项目": "工程", "应当": "需要", "单个": "每家"}
    lines = []
    for line in paper.lines[:-2]:
        for old, new in list(swap.items())[index:]:
            line = line.replace(old, new) if not line.startswith(paper.title) else line
        lines.append(line)
    target = next(i for i, line in enumerate(lines) if "万元" in line)
    lines[target] = lines[target].replace("万元", "0万元", 1)
    lines.insert(1, "来源：创业补贴宝典")
    return Paper(
        f"spun-{index}",
        paper.title,
        lines,
        "html",
        copy_of=paper.title,
        copy_kind="spun",
        status=Status.UNKNOWN,
    )


def write(paper: Paper, folder: Path) -> Path:
    """Write a paper in its format; returns the file."""
    suffix = {"gbk": "txt", "scan": "pdf"}.get(paper.format, paper.format)
    path = folder / f"{paper.name}.{suffix}"
    text = "\n".join(paper.lines)
    match paper.format:
        case "txt":
            path.write_text(text, encoding="utf-8")
        case "gbk":
            path.write_bytes(text.encode("gb18030"))
        case "md":
            path.write_text(f"# {paper.lines[0]}\n\n" + "\n\n".join(paper.lines[1:]) + "\n", encoding="utf-8")
        case "html":
            body = "".join(f"<p>{line}</p>" for line in paper.lines[1:])
            path.write_text(html_page(paper.lines[0], body).replace("2026-03-05 09:00", ""), encoding="utf-8")
        case "docx":
            document = docx.Document()
            document.add_heading(paper.lines[0], 0)
            for line in paper.lines[1:]:
                document.add_paragraph(line)
            document.save(str(path))
        case "pdf":
            _flowed_pdf(path, paper.lines)
        case "scan":
            wrapped = [line[i : i + 26] for line in paper.lines for i in range(0, len(line), 26)]
            write_scan(path, [wrapped])
        case "png":
            picture([line[i : i + 26] for line in paper.lines for i in range(0, len(line), 26)]).save(path)
        case "zip":
            path.write_bytes(zip_of({f"{paper.name}.txt": text.encode()}))
        case "xlsx" | "csv":
            _sheet(path, paper.lines)
    return path


def _flowed_pdf(path: Path, lines: list[str]) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=20, wordWrap="CJK")
    SimpleDocTemplate(str(path)).build([Paragraph(line, style) for line in lines])


def _sheet(path: Path, lines: list[str]) -> None:
    rows = [[part.split("：", 1) for part in line.rstrip("。").split("；")] for line in lines[1:]]
    table = [[k for k, _ in rows[0]], *[[v for _, v in row] for row in rows]]
    if path.suffix == ".csv":
        body = "\n".join(",".join(row) for row in table)
        path.write_text(f"{lines[0]},,\n{body}\n", encoding="utf-8")
        return
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [[lines[0], None, None], *table]:
        sheet.append(row)
    book.save(str(path))

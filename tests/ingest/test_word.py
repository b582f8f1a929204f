"""Word papers: nothing that a person sees is lost, and what is no longer or not yet the paper's is left out."""

from __future__ import annotations

import io
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given, settings, strategies

from assistant.errors import SourceError
from ingest.chunk import chunk
from ingest.read import read_document
from ingest.readers.docx import read_docx
from ingest.readers.word_number_formats import shown
from ingest.reading import Limits
from ingest.sources import SourceFile
from tests.ingest import files
from tests.ingest.word_files import (
    DECLARED,
    abstract,
    cell,
    centred,
    field,
    level,
    num,
    numbered,
    p,
    part,
    png,
    r,
    rezipped,
    row,
    table,
    without,
    word,
)


def lines(data: bytes) -> list[str]:
    """The texts of what is read; no visible character may be lost on the way."""
    reading = read_docx(data)
    assert reading.visible is not None and reading.kept >= reading.visible
    return [block.text for block in reading.blocks]


# 1. Tracked changes

DELETED = "<w:del w:id='1'><w:r><w:delText>50</w:delText></w:r></w:del>"
MARK_DELETED = "<w:rPr><w:del w:id='9' w:author='a'/></w:rPr>"


def test_insertions_count_and_deletions_do_not() -> None:
    body = (
        p(r("每家最高") + DELETED + f"<w:ins w:id='2'>{r('80')}</w:ins>" + r("万元。"))
        + p(f"<w:moveFrom w:id='3'>{r('旧处的话。')}</w:moveFrom>" + r("留下的话。"))
        + p(f"<w:moveTo w:id='4'>{r('移来的话。')}</w:moveTo>")
        + p("前半句，", MARK_DELETED)
        + p("后半句。")
        + p(f"<w:del w:id='5'>{r('整段删去。')}</w:del>", MARK_DELETED)
        + p("末段。", "<w:rPr><w:ins w:id='6'/></w:rPr>")
        + table(
            row("档次", "金额"),
            row("一档", "30万元", properties="<w:ins w:id='7'/>"),
            row("二档", "20万元", properties="<w:del w:id='8'/>"),
            row("三档", cell("9万元", "<w:cellDel w:id='10'/>"), cell("10万元", "<w:cellIns w:id='11'/>")),
        )
    )  # fmt: skip
    assert lines(word(body)) == [
        "每家最高80万元。",
        "留下的话。",
        "移来的话。",
        "前半句，后半句。",
        "末段。",
        "档次：一档｜金额：30万元",
        "档次：三档｜金额：10万元",
    ]
    (note,) = read_docx(word(body)).notes
    assert "未接受的修订" in note and "插入 5 处、删除 7 处" in note
    assert read_docx(word(p("没有修订。"))).notes == ()


def test_a_deleted_paragraph_takes_no_number() -> None:
    numbers = part("numbering", abstract(1, level("decimal", "%1.")) + num(1, 1))
    gone = numbered("", 1).replace(
        "</w:pPr>", f"{MARK_DELETED}</w:pPr><w:del w:id='1'>{r('删去的一项')}</w:del>"
    )
    body = numbered("第一项", 1) + gone + numbered("第二项", 1)
    assert lines(word(body, numbering=numbers)) == ["1. 第一项", "2. 第二项"]


# 2. Content controls


def control(inner: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def test_content_controls_of_every_kind() -> None:
    empty = "<w:showingPlcHdr/>"
    choice = "<w:dropDownList><w:listItem w:displayText='区级' w:value='2'/></w:dropDownList>"
    ticked = control(r("☑"), "<w14:checkbox><w14:checked w14:val='1'/></w14:checkbox>")
    body = (
        control(p("整段在控件里。") + control(p("控件里的控件。")))
        + p(r("金额：") + control(r("60万元")) + control(r("单击此处输入文字。"), empty))
        + p(r("类型：") + control(r("区级"), choice))
        + p(ticked + r("同意 ") + control(r("☐")) + r("不同意"))
        + table(row("项目", "标准"), control(row("认定", control(cell("40万元")))), row("复审", control(cell("待填"), empty)))
    )  # fmt: skip
    assert lines(word(body)) == [
        "整段在控件里。",
        "控件里的控件。",
        "金额：60万元",
        "类型：区级",
        "☑同意 ☐不同意",
        "项目：认定｜标准：40万元",
        "项目：复审",
    ]


# 3. Text boxes and shapes


def box(inner: str) -> str:
    return f"<wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp>"


def drawn(graphic: str) -> str:
    return f"<w:drawing><wp:anchor><a:graphic><a:graphicData>{graphic}</a:graphicData></a:graphic></wp:anchor></w:drawing>"


def test_text_boxes_stand_where_their_paragraph_does_and_once() -> None:
    phone = p("咨询电话：0799-6600123")
    both = (
        f"<mc:AlternateContent><mc:Choice Requires='wps'>{drawn(box(phone))}</mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{phone}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    group = drawn(f"<wpg:wgp>{box(p('申报'))}<wpg:grpSp>{box(p('审核') + p('公示'))}</wpg:grpSp></wpg:wgp>")
    old = f"<w:pict><v:shape><v:textbox><w:txbxContent>{p('旧式文本框。')}</w:txbxContent></v:textbox></v:shape></w:pict>"
    data = (
        f"<dgm:dataModel {DECLARED}><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>第一步 提交</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "<dgm:pt/></dgm:ptLst></dgm:dataModel>"
    )
    body = (
        p("第一段。")
        + p(f"<w:r>{both}</w:r>" + r("第二段，旁边有框。"))
        + p(f"<w:r>{group}</w:r>")
        + p(f"<w:r>{old}</w:r>" + r("第三段。"))
        + p("<w:r>" + drawn("<dgm:relIds r:dm='data1'/>") + "</w:r>")
        + p("<w:r><w:pict><v:shape><v:textpath string='松涛区产业政策'/></v:shape></w:pict></w:r>")
    )
    assert lines(word(body, diagramData__diagrams__data1_xml=data)) == [
        "第一段。",
        "第二段，旁边有框。",
        "咨询电话：0799-6600123",
        "申报",
        "审核",
        "公示",
        "第三段。",
        "旧式文本框。",
        "第一步 提交",
        "松涛区产业政策",
    ]


def test_numbers_in_a_text_box_are_its_own() -> None:
    numbers = part("numbering", abstract(1, level("decimal", "%1.")) + num(1, 1))
    boxed = drawn(box(numbered("框中一", 1) + numbered("框中二", 1)))
    body = numbered("甲", 1) + p(f"<w:r>{boxed}</w:r>") + numbered("乙", 1)
    assert lines(word(body, numbering=numbers)) == ["1. 甲", "1. 框中一", "2. 框中二", "2. 乙"]


# 4. Notes, comments, headers


def test_notes_stand_behind_their_paragraph_and_join_no_figure() -> None:
    notes = part(
        "footnotes",
        f"<w:footnote w:id='0' w:type='separator'>{p('——')}</w:footnote>"
        f"<w:footnote w:id='2'>{p('<w:r><w:footnoteRef/></w:r>' + r('指上年度实缴额。'))}</w:footnote>"
        f"<w:footnote w:id='3'>{p('不含土地款。')}</w:footnote><w:footnote w:id='4'>{p('没有人引用。')}</w:footnote>",
    )
    commented = f"<w:commentRangeStart w:id='1'/>{r('20')}<w:r><w:commentReference w:id='1'/></w:r>"
    ends = part("endnotes", f"<w:endnote w:id='2'>{p('以区统计局数据为准。')}</w:endnote>")

    def mark(kind: str, id: int) -> str:
        return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Reference w:id="{id}"/></w:r>'

    body = (
        p(r("奖励不超过80") + mark("footnote", 2) + r("万元，另加") + commented + mark("endnote", 2) + r("万元。"))
        + table(row("类别", "投资额"), row("甲类", cell(p(r("3000") + mark("footnote", 3) + r("万元")))))
        + p("以上为准。")
    )  # fmt: skip
    comments = part("comments", f"<w:comment w:id='1'>{p('这个数再核一下')}</w:comment>")
    assert lines(word(body, footnotes=notes, endnotes=ends, comments=comments)) == [
        "奖励不超过80万元，另加20万元。",
        "注1：指上年度实缴额。",
        "尾注1：以区统计局数据为准。",
        "类别：甲类｜投资额：3000万元",
        "注2：不含土地款。",
        "以上为准。",
    ]


def test_raised_figures_do_not_join_those_before_them() -> None:
    up, down = ('<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>')
    body = (
        p(r("面积10") + r("2", up) + r("，用地500m") + r("2", up) + r("，按注") + r("1", up) + r("说明。"))
        + p(r("奖励100") + r("①", up) + r("万元，减排CO") + r("2", down) + r("。"))
    )  # fmt: skip
    first, second = (block.text for block in read_docx(word(body)).blocks)
    assert first == "面积10^2 ，用地500m²，按注[1]说明。"
    assert second == "奖励100万元，减排CO2。"


SECTION = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'


def test_a_header_is_left_out_unless_the_red_head_stands_only_there() -> None:
    running = part("hdr", p("松涛区政策汇编") + p("第 3 页"))
    paper = centred("关于支持专精特新企业的通知") + p("各有关单位：")
    assert lines(word(paper + SECTION, header__header1_xml=running))[0] == "关于支持专精特新企业的通知"
    head = part(
        "hdr",
        p("松 涛 区 人 民 政 府 文 件", '<w:jc w:val="center"/>') + p("松政发〔2026〕7号") + p("内部编印"),
    )
    read = lines(word(paper + SECTION, header__header1_xml=head))
    assert read[:3] == ["松涛区人民政府文件", "松政发〔2026〕7号", "关于支持专精特新企业的通知"]
    twice = lines(word(p("松政发〔2026〕7号") + paper + SECTION, header__header1_xml=head))
    assert twice[:3] == ["松涛区人民政府文件", "松政发〔2026〕7号", "关于支持专精特新企业的通知"]
    there = lines(word(p("松涛区人民政府文件") + paper + SECTION, header__header1_xml=head))
    assert there[:2] == ["松涛区人民政府文件", "关于支持专精特新企业的通知"]


# 5. Red-header papers

NUMBER_LINE = p(r("松政发〔2026〕3号") + "<w:r><w:tab/></w:r>" + r("　　签发人：李明远"))
RIGHT = '<w:jc w:val="right"/>'


def head_of(data: bytes) -> Any:
    return read_document(SourceFile("/x/松涛.docx", Path("/x/松涛.docx")), data).head


def test_a_red_headed_paper_with_its_title_over_three_lines() -> None:
    body = (
        centred("松 涛 区 人 民 政 府 文 件", 72)
        + NUMBER_LINE
        + centred("松涛区人民政府")
        + centred("关于印发松涛区工业企业提质")
        + centred("扩产扶持办法的通知")
        + p("各镇人民政府，区政府各部门：")
        + p(
            "现将《松涛区工业企业提质扩产扶持办法》印发给你们，请认真组织实施，执行中的问题请向区工信局反映。"
        )
        + p(r("附件：1.松涛区工业企业提质扩产扶持办法") + "<w:r><w:br/></w:r>" + r("2.申报表"))
        + p("松涛区人民政府", RIGHT)
        + p("2026年3月9日", RIGHT)
        + p("附件1")
        + centred("松涛区工业企业提质")
        + centred("扩产扶持办法")
        + p("第一条 设备投资按12%给予支持，最高300万元。")
    )
    data = word(body)
    assert lines(data) == [
        "松涛区人民政府文件",
        "松政发〔2026〕3号 签发人：李明远",
        "松涛区人民政府关于印发松涛区工业企业提质扩产扶持办法的通知",
        "各镇人民政府，区政府各部门：",
        "现将《松涛区工业企业提质扩产扶持办法》印发给你们，请认真组织实施，执行中的问题请向区工信局反映。",
        "附件：1.松涛区工业企业提质扩产扶持办法",
        "2.申报表",
        "松涛区人民政府",
        "2026年3月9日",
        "附件1",
        "松涛区工业企业提质扩产扶持办法",
        "第一条 设备投资按12%给予支持，最高300万元。",
    ]
    head = head_of(data)
    assert head.title == "松涛区人民政府关于印发松涛区工业企业提质扩产扶持办法的通知"
    assert (head.document_number, str(head.written_on)) == ("松政发〔2026〕3号", "2026-03-09")


def test_a_red_head_and_a_signature_in_layout_tables() -> None:
    none = "<w:tblBorders><w:top w:val='none'/><w:insideH w:val='nil'/></w:tblBorders>"
    head = table(
        row(
            cell(centred("松涛区工业和信息化局", 60)),
            cell(centred("文件", 60), "<w:vMerge w:val='restart'/>"),
        ),
        row(cell(centred("松涛区财政局", 60)), cell("", "<w:vMerge/>")),
        properties=none,
    )
    number = table(row("松工信〔2026〕11号", "签发人：周行"), properties=none)
    foot = table(
        row("松涛区工业和信息化局", "松涛区财政局"),
        row(cell("2026年4月2日", '<w:gridSpan w:val="2"/>')),
        properties=none,
    )
    body = (
        head
        + number
        + centred("关于组织申报2026年度技改奖补的通知")
        + p("一、奖补标准：按设备投资额的10%给予奖补，单个项目最高200万元。")
        + foot
    )
    assert lines(word(body)) == [
        "松涛区工业和信息化局 松涛区财政局文件",
        "松工信〔2026〕11号 签发人：周行",
        "关于组织申报2026年度技改奖补的通知",
        "一、奖补标准：按设备投资额的10%给予奖补，单个项目最高200万元。",
        "松涛区工业和信息化局 松涛区财政局",
        "2026年4月2日",
    ]
    assert head_of(word(body)).title == "关于组织申报2026年度技改奖补的通知"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["松涛区研发费用补助办法", "（试行）"], ["松涛区研发费用补助办法（试行）"]),
        (["松涛区2026年度", "申报指南", "松涛区科学技术局"], ["松涛区2026年度申报指南", "松涛区科学技术局"]),
        (["松涛区研发费用补助办法", "实施细则"], ["松涛区研发费用补助办法实施细则"]),
        (["松涛区研发费用补助办法", "2026年5月"], ["松涛区研发费用补助办法", "2026年5月"]),
        (["松涛区研发费用补助办法", "第一章 总则"], ["松涛区研发费用补助办法", "第一章 总则"]),
        (["Support Measures of", "Songtao District"], ["Support Measures of Songtao District"]),
    ],
)
def test_which_centred_lines_are_one_title(titles: list[str], expected: list[str]) -> None:
    body = "".join(map(centred, titles)) + p(
        "为支持企业开展研究开发活动，结合本区实际，制定本办法，请遵照执行。"
    )
    reading = read_docx(word(body))
    assert [b.text for b in reading.blocks][:-1] == expected
    assert reading.blocks[0].level == 1 and all(b.level is None for b in reading.blocks[1:])


# 6. Automatic numbering

FORMATS: list[tuple[str, int, str]] = [
    ("decimal", 12, "12"),
    ("decimalZero", 3, "03"),
    ("decimalFullWidth", 12, "１２"),
    ("decimalEnclosedCircle", 3, "③"),
    ("decimalEnclosedCircle", 21, "21"),
    ("decimalEnclosedCircleChinese", 20, "⑳"),
    ("decimalEnclosedFullstop", 2, "⒉"),
    ("decimalEnclosedParen", 4, "⑷"),
    ("chineseCounting", 10, "十"),
    ("chineseCounting", 23, "二十三"),
    ("chineseCountingThousand", 105, "一百零五"),
    ("chineseCountingThousand", 1010, "一千零一十"),
    ("chineseLegalSimplified", 12, "壹拾贰"),
    ("ideographDigital", 10, "一〇"),
    ("ideographTraditional", 3, "丙"),
    ("ideographZodiac", 12, "亥"),
    ("ideographZodiacTraditional", 13, "丙子"),
    ("ideographEnclosedCircle", 2, "㊁"),
    ("upperLetter", 27, "AA"),
    ("lowerLetter", 2, "b"),
    ("upperRoman", 1994, "MCMXCIV"),
    ("lowerRoman", 4, "iv"),
    ("upperRoman", 999_999_999, "999999999"),
    ("ordinal", 22, "22nd"),
    ("none", 7, ""),
    ("unheardOf", 7, "7"),
]


@pytest.mark.parametrize(("form", "count", "expected"), FORMATS)
def test_number_formats(form: str, count: int, expected: str) -> None:
    assert shown(count, form) == expected


def test_levels_restart_and_figures_stay_apart() -> None:
    levels = (
        level("chineseCounting", "%1、"),
        level("chineseCounting", "（%2）"),
        level("decimal", "%3.", "<w:suff w:val='nothing'/>"),
        level("decimalEnclosedCircle", "%4", "<w:lvlRestart w:val='0'/>"),
    )
    body = "".join(
        numbered(text, 1, depth)
        for depth, text in [
            (0, "支持对象"), (1, "本区企业。"), (2, "50万元以下的；"), (3, "甲；"), (1, "本区高校。"),
            (2, "60万元以下的；"), (3, "乙；"), (0, "支持标准"), (1, "按20%给予。"),
        ]
    )  # fmt: skip
    assert lines(word(body, numbering=part("numbering", abstract(1, *levels) + num(1, 1)))) == [
        "一、支持对象", "（一）本区企业。", "1. 50万元以下的；", "① 甲；", "（二）本区高校。", "1. 60万元以下的；", "② 乙；",
        "二、支持标准", "（一）按20%给予。",
    ]  # fmt: skip


def test_lists_go_on_or_start_anew_as_word_has_it() -> None:
    numbers = part(
        "numbering",
        abstract(1, level("decimal", "%1."), level("lowerLetter", "%2)"))
        + abstract(2, level("upperRoman", "%1.", start=4))
        + num(1, 1)
        + num(2, 1)
        + num(3, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
        + num(
            4,
            1,
            f'<w:lvlOverride w:ilvl="0">{level("ideographTraditional", "%1、").replace("LEVEL", "0")}</w:lvlOverride>',
        )
        + num(5, 2),
    )
    body = (
        numbered("甲", 1) + p("隔一段。") + numbered("乙", 2) + numbered("子项", 2, 1) + numbered("丙", 3) + numbered("丁", 3)
        + numbered("戊", 4) + numbered("己", 5) + numbered("庚", 5) + numbered("无号", 0)
    )  # fmt: skip
    assert lines(word(body, numbering=numbers)) == [
        "1. 甲", "隔一段。", "2. 乙", "a) 子项", "1. 丙", "2. 丁", "丙、戊", "IV. 己", "V. 庚", "无号",
    ]  # fmt: skip


def style(id: str, name: str, properties: str = "", based: str = "", more: str = "") -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/>{base}<w:pPr>{properties}</w:pPr>'
        f"<w:rPr>{more}</w:rPr></w:style>"
    )


def test_headings_numbered_by_their_styles() -> None:
    styles = part(
        "styles",
        style("1", "heading 1", '<w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/>')
        + style(
            "2",
            "heading 2",
            '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="1"/>',
        )
        + style("a", "区级一级标题", based="1")
        + style("b", "条文", '<w:numPr><w:ilvl w:val="2"/></w:numPr>', based="c")
        + style("c", "条文底", '<w:numPr><w:numId w:val="1"/></w:numPr>'),
    )
    numbers = part(
        "numbering",
        abstract(
            1,
            level("chineseCountingThousand", "第%1章", '<w:pStyle w:val="1"/>'),
            level("decimal", "%1.%2", '<w:pStyle w:val="2"/><w:isLgl/><w:suff w:val="space"/>'),
            level("decimal", "%1.%2.%3", "<w:isLgl/>"),
        )
        + num(1, 1),
    )

    def of(id: str, text: str) -> str:
        return p(text, f'<w:pStyle w:val="{id}"/>')

    body = (
        of("1", "总则")
        + of("2", "目的")
        + of("a", "支持")
        + of("2", "对象")
        + of("b", "本区企业。")
        + of("2", "标准")
    )
    reading = read_docx(word(body, styles=styles, numbering=numbers))
    assert [(b.text, b.level) for b in reading.blocks] == [
        ("第一章 总则", 2), ("1.1 目的", 3), ("第二章 支持", 2), ("2.1 对象", 3), ("2.1.1 本区企业。", None), ("2.2 标准", 3),
    ]  # fmt: skip


def test_a_list_that_stands_for_a_numbering_style() -> None:
    styles = part(
        "styles",
        '<w:style w:type="numbering" w:styleId="n"><w:name w:val="公文"/>'
        '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>',
    )
    numbers = part(
        "numbering",
        abstract(1, more='<w:numStyleLink w:val="n"/>')
        + abstract(2, level("chineseCounting", "%1、"), more='<w:styleLink w:val="n"/>')
        + num(1, 1)
        + num(2, 2),
    )
    assert lines(word(numbered("甲", 1) + numbered("乙", 2), styles=styles, numbering=numbers)) == [
        "一、甲",
        "二、乙",
    ]


def test_numbers_alone_in_the_cells_of_a_table() -> None:
    numbers = part("numbering", abstract(1, level("decimal", "%1")) + num(1, 1))
    body = table(row("序号", "材料"), row(numbered_cell(), "申请表"), row(numbered_cell(), "营业执照"))
    assert lines(word(body, numbering=numbers)) == ["序号：1｜材料：申请表", "序号：2｜材料：营业执照"]


def numbered_cell() -> str:
    return cell(numbered("", 1))


# 7. Tables

SPAN2, DOWN, ON = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
INNER = table(row("机型", "补贴"), row("甲型", "9万元"), row("乙型", "7万元"))
TABLES: dict[str, tuple[str, list[str]]] = {
    "merged down and across": (
        table(
            row(cell("档次", DOWN), cell("补贴比例", SPAN2)),
            row(cell("", ON), "中小企业", "大型企业"),
            row("一档", "50%", "30%"),
            row("二档", cell("20%", SPAN2)),
        ),
        [
            "档次：一档｜补贴比例-中小企业：50%｜补贴比例-大型企业：30%",
            "档次：二档｜补贴比例-中小企业：20%｜补贴比例-大型企业：20%",
        ],
    ),
    "merged the old way": (
        table(
            row(cell("年度奖励", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>")),
            row("等级", "金额"),
            row("金奖", "8万元"),
        ),
        ["年度奖励", "等级：金奖｜金额：8万元"],
    ),
    "columns skipped": (
        table(
            row("类别", "档次", "上限"),
            row("示范", "一档", "90万元"),
            row("二档", "70万元", properties='<w:gridBefore w:val="1"/>'),
            row("普通", properties='<w:gridAfter w:val="2"/>'),
        ),
        ["类别：示范｜档次：一档｜上限：90万元", "档次：二档｜上限：70万元", "类别：普通"],
    ),
    "two header rows, said so and repeated": (
        table(
            row("等级", "上限（万元）", properties="<w:tblHeader/>"),
            row("", "2026年", properties="<w:tblHeader/>"),
            row("一级", "80"),
            row("等级", "上限（万元）-2026年"),
            row("二级", "60"),
        ),
        ["等级：一级｜上限-2026年：80万元", "等级：二级｜上限-2026年：60万元"],
    ),
    "a frame of one cell": (
        table(row(cell(p("一、支持对象") + p("本区企业。")))),
        ["一、支持对象", "本区企业。"],
    ),
    "a table within a layout table": (
        table(row(cell(p("附表如下。") + INNER + p("")), cell("备注见后。"))),
        ["附表如下。", "机型：甲型｜补贴：9万元", "机型：乙型｜补贴：7万元", "备注见后。"],
    ),
    "cells of several paragraphs": (
        table(row("类别", "条件"), row("甲类", cell(p("1.在本区注册；") + p("2.研发投入不低于50万元。"))), row("乙类", "无")),
        ["类别：甲类｜条件：1.在本区注册； 2.研发投入不低于50万元。", "类别：乙类｜条件：无"],
    ),
    "labels and values": (
        table(row("支持对象", "在本区登记的企业。"), row("支持标准", "最高80万元。"), row("申报时间", "5月")),
        ["支持对象：在本区登记的企业。", "支持标准：最高80万元。", "申报时间：5月"],
    ),
    "a long column's name is no value": (
        table(row("奖励类别", "奖励标准（按年度纳税额，单位：万元）"), row("甲类", "50"), row("乙类", "30")),
        [
            "奖励类别：甲类｜奖励标准（按年度纳税额）：50万元",
            "奖励类别：乙类｜奖励标准（按年度纳税额）：30万元",
        ],
    ),
    "bold labels on the left": (
        table(
            row(cell(p(r("对象", "<w:b/>"))), "本区企业"), row(cell(p(r("标准", "<w:b/>"))), "最高80万元")
        ),
        ["对象：本区企业", "标准：最高80万元"],
    ),
    "rows across the table": (
        table(
            row("项目", "金额"),
            row(cell("一、技术类", SPAN2)),
            row("专利", "3万元"),
            row(cell("注：金额为上限。", SPAN2)),
        ),
        ["一、技术类", "项目：专利｜金额：3万元", "注：金额为上限。"],
    ),
    "cells by name of a file are no red head": (
        table(row("材料", "份数"), row("主管部门委员会文件", "1"), row("申请表", "2")),
        ["材料：主管部门委员会文件｜份数：1", "材料：申请表｜份数：2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(TABLES))
def test_tables(name: str) -> None:
    body, expected = TABLES[name]
    assert lines(word(body + p(""))) == expected


# 8. Fields, symbols and looks


def test_fields_show_their_result() -> None:
    ticked = "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"
    entries = "<w:listEntry w:val='市级'/><w:listEntry w:val='区级'/>"
    chosen = f"<w:ffData><w:ddList><w:result w:val='1'/>{entries}</w:ddList></w:ffData>"
    contents = (
        p(r("目录"), '<w:pStyle w:val="h"/>')
        + f"<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{field('PAGEREF _1', '一、支持对象 3')}</w:p>"
        f"<w:p>{r('二、支持标准 5')}<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    )
    body = (
        contents
        + p(field(" EQ \\o\\ac(○,3)") + r("提交材料；") + field(" = 30+50", "80") + r("万元"))
        + p(
            field(" FORMCHECKBOX ", more=ticked)
            + r("同意　")
            + field("FORMDROPDOWN", more=chosen)
            + r("项目")
        )
        + p(f"<w:fldSimple w:instr=' DOCPROPERTY x '>{r('松涛区')}</w:fldSimple>" + r("企业"))
        + p("<w:r><w:fldChar w:fldCharType='begin'/></w:r>" + r("没有结尾的域不吞掉文字。"))
        + p("后文。")
    )
    styles = part("styles", style("h", "TOC Heading"))
    assert lines(word(body, styles=styles)) == [
        "③提交材料；80万元",
        "☑同意 区级项目",
        "松涛区企业",
        "没有结尾的域不吞掉文字。",
        "后文。",
    ]


def test_links_keep_their_text_and_files_are_attachments() -> None:
    body = (
        p(
            f'<w:hyperlink r:id="https://example.gov.cn/f/申报表.docx">{r("申报表")}</w:hyperlink>'
            + r("请下载。")
        )
        + p(f'<w:hyperlink r:id="https://example.gov.cn/index.html">{r("门户")}</w:hyperlink>')
        + p(field(' HYPERLINK "https://example.gov.cn/名单.xlsx" ', "名单"))
        + p(field(' HYPERLINK "file:///C:/tmp/本机.docx" ', "本机"))
    )
    reading = read_docx(word(body))
    assert [b.text for b in reading.blocks] == ["申报表请下载。", "门户", "名单", "本机"]
    assert [(a.address, a.text) for a in reading.attachments] == [
        ("https://example.gov.cn/f/申报表.docx", "申报表"),
        ("https://example.gov.cn/名单.xlsx", "名单"),
    ]


def test_what_is_printed_otherwise_than_as_text() -> None:
    def symbol(code: str) -> str:
        return f'<w:r><w:sym w:font="Wingdings" w:char="{code}"/></w:r>'

    def term(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    wrapped = [("smartTag", "松涛"), ("customXml", "大道"), ("dir", "8"), ("bdo", "号")]
    ruby = f"<w:ruby><w:rt>{r('sōng')}</w:rt><w:rubyBase>{r('松')}</w:rubyBase></w:ruby>"
    box_run = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"/></w:rPr><w:t>R</w:t></w:r>'
    equation = (
        f"<m:oMath>{term('补助=')}<m:f><m:num>{term('投资额+利息')}</m:num><m:den>{term('2')}</m:den></m:f>"
        f"{term('×')}<m:sSup><m:e>{term('a')}</m:e><m:sup>{term('2')}</m:sup></m:sSup></m:oMath>"
    )
    body = (
        p(symbol("F0FE") + r("是 ") + symbol("F0A8") + r("否 ") + box_run + r("其他"))
        + p(f"<w:r>{ruby}</w:r>" + r("涛区"))
        + p("<w:r><w:t>0799</w:t><w:noBreakHyphen/><w:t>123</w:t><w:softHyphen/><w:t>4567</w:t></w:r>")
        + p("".join(f"<w:{tag}>{r(text)}</w:{tag}>" for tag, text in wrapped))
        + p(equation)
        + p(r("看得见") + r("看不见", "<w:vanish/>") + r("仍看得见", '<w:vanish w:val="0"/>'))
        + p(r("奖励") + r("30", "<w:strike/>") + r("50万元"))
    )  # fmt: skip
    data = word(body)
    assert lines(data) == [
        "☑是 □否 ☑其他",
        "松涛区",
        "0799-1234567",
        "松涛大道8号",
        "补助=(投资额+利息)/2×a^2",
        "看得见仍看得见",
        "奖励50万元",
    ]
    (note,) = read_docx(data).notes
    assert "1 处带删除线" in note and "“30”" in note


def test_hidden_and_struck_by_style() -> None:
    styles = part(
        "styles",
        style("h", "批注文字", more="<w:vanish/>")
        + '<w:style w:type="character" w:styleId="s"><w:name w:val="废"/><w:rPr><w:strike/></w:rPr></w:style>',
    )
    body = p("内部说明。", '<w:pStyle w:val="h"/>') + p(r("现行。") + r("旧文。", '<w:rStyle w:val="s"/>'))
    assert lines(word(body, styles=styles)) == ["现行。"]


def test_line_breaks_separate_items_and_not_sentences() -> None:
    br = "<w:r><w:br/></w:r>"
    body = (
        centred("松涛区支持").replace("</w:p>", f"{br}{r('企业办法', '<w:b/>')}</w:p>")
        + p(r("联系人：周行") + br + r("电话：0799-6600123"))
        + p(r("（一）本区企业。") + br + r("（二）本区高校。"))
        + p(r("按设备投资额的") + br + r("12%给予支持。"))
    )
    assert lines(word(body)) == [
        "松涛区支持企业办法",
        "联系人：周行",
        "电话：0799-6600123",
        "（一）本区企业。",
        "（二）本区高校。",
        "按设备投资额的12%给予支持。",
    ]


# 9. What is embedded


def test_embedded_files_are_read_or_named() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for values in (["企业", "金额"], ["甲公司", "12万元"]):
        sheet.append(values)
    stored = io.BytesIO()
    book.save(stored)
    inner = word(p("并入的一段。"))

    def ole(id: str, aspect: str) -> str:
        return p(f'<w:r><w:object><o:OLEObject DrawAspect="{aspect}" r:id="{id}"/></w:object></w:r>')

    body = (
        p("附表：") + ole("sheet1", "Content") + ole("form1", "Icon") + ole("old1", "Content") + '<w:altChunk r:id="chunk1"/>'
        + '<w:altChunk r:id="page1"/>' + p("<w:r><w:drawing><c:chart r:id='x'/></w:drawing></w:r>") + p("完。")
    )  # fmt: skip
    data = word(
        body,
        package__embeddings__sheet1_xlsx=stored.getvalue(),
        package__embeddings__form1_docx=inner,
        oleObject__embeddings__old1_bin=b"\xd0\xcf",
        aFChunk__chunk1_docx=inner,
        aFChunk__page1_html="<html><head><title>x</title></head><body><p>网页来的一段。</p></body></html>".encode(),
    )
    reading = read_docx(data)
    assert [b.text for b in reading.blocks] == [
        "附表：",
        "企业：甲公司｜金额：12万元",
        "并入的一段。",
        "网页来的一段。",
        "完。",
    ]
    read, unread, charts = reading.notes
    assert "一并读入：sheet1.xlsx、chunk1.docx、page1.html" in read
    assert "没有读入：form1.docx、old1.bin" in unread and "1 张图表" in charts


PICTURE = p("<w:r>" + drawn("<a:blip r:embed='scan1'/>") + "</w:r>")


def test_scanned_pages_pasted_into_word_are_recognised(tmp_path: Path) -> None:
    scan = png(files.picture([files.TITLE, *files.LINES, "三、本办法自2026年5月1日起施行。"]))
    limits = Limits(ocr_cache=tmp_path)
    reading = read_docx(word(p("扫描件") + PICTURE, image__media__scan1_png=scan), limits)
    text = "".join(b.text for b in reading.blocks)
    assert reading.blocks[0].text == "扫描件" and "最高25%给予，最高80万元" in text
    assert "文字识别" in reading.notes[0] and reading.visible is None
    assert len(list(tmp_path.iterdir())) == 1
    written = read_docx(word(p("正文" * 40) + PICTURE, image__media__scan1_png=scan))
    assert len(written.blocks) == 1 and "1 幅大图" in written.notes[0]


# 10. Damaged and strange files


def test_missing_and_damaged_parts_cost_only_themselves() -> None:
    document = docx.Document()
    document.add_heading("松涛区办法", 1)
    document.add_paragraph("第一条 最高80万元。", style="List Number")
    stored = io.BytesIO()
    document.save(stored)
    whole = stored.getvalue()
    assert [b.text for b in read_docx(whole).blocks] == ["松涛区办法", "1. 第一条 最高80万元。"]
    bare = without(
        whole, "word/styles.xml", "word/numbering.xml", "_rels/.rels", "word/_rels/document.xml.rels"
    )
    assert [b.text for b in read_docx(bare).blocks] == ["松涛区办法", "第一条 最高80万元。"]
    hurt = read_docx(rezipped(whole, {"word/numbering.xml": b"<w:numbering"}))
    assert hurt.blocks[1].text == "第一条 最高80万元。" and "自动编号部件已损坏" in hurt.notes[0]


def test_strict_papers_and_papers_with_macros_and_templates() -> None:
    body = p("第一条 最高80万元。", '<w:jc w:val="end"/>')
    strict = word(body)
    for name in ("word/document.xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        with zipfile.ZipFile(io.BytesIO(strict)) as archive:
            old = archive.read(name)
        new = old
        for kind in (b"wordprocessingml", b"officeDocument", b"drawingml"):
            new = new.replace(
                b"http://schemas.openxmlformats.org/" + kind + b"/2006", b"http://purl.oclc.org/ooxml/" + kind
            )
        assert new != old or name.startswith("word/_rels")
        strict = rezipped(strict, {name: new})
    assert lines(strict) == ["第一条 最高80万元。"]
    for suffix in (".docm", ".dotx"):
        file = SourceFile(f"/x/办法{suffix}", Path(f"/x/办法{suffix}"))
        assert read_document(file, word(body, "template.main")).text == "第一条 最高80万元。"


def liar() -> bytes:
    """A package whose main part is far larger than its entry says."""
    data = bytearray(rezipped(word(""), {"word/document.xml": b"<a>" + b" " * 100_000_000 + b"</a>"}))
    at = data.rindex(b"word/document.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


ENTITIES = (
    b"<!DOCTYPE w [" + b"<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>".encode() for n in range(9))
    + b"]>"
)  # fmt: skip
BAD: dict[str, tuple[Any, str]] = {
    "no zip": (lambda: b"PK\x03\x04 broken", "已损坏"),
    "an old file, locked": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "another kind of package": (lambda: files.zip_of({"xl/workbook.xml": b"<x/>"}), "不是 .docx"),
    "no body": (lambda: rezipped(word(""), {"word/document.xml": b"<x/>"}), "已损坏"),
    "cut short": (lambda: word(p("内容" * 50))[:-300], "已损坏"),
    "broken XML": (lambda: rezipped(word(""), {"word/document.xml": b"<w:document"}), "已损坏"),
    "entities": (lambda: rezipped(word(""), {"word/document.xml": ENTITIES + b"<w>&j;</w>"}), "实体"),
    "entities in UTF-16": (
        lambda: rezipped(word(""), {"word/document.xml": (ENTITIES + b"<w>&j;</w>").decode().encode("utf-16")}),
        "实体",
    ),
    "a bomb": (lambda: rezipped(word(""), {"word/document.xml": b" " * 200_000_000}), "过大"),
    "a bomb of tags": (lambda: word("<w:p/>" * 3_000_001), "过大"),
    "a liar": (liar, "已损坏|过大"),
    "nested past all reason": (lambda: word("<w:sdt>" * 5000 + "</w:sdt>" * 5000), "已损坏"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_bad_files_say_why_in_bounded_time(name: str) -> None:
    make, reason = BAD[name]
    data = make()
    started = time.monotonic()
    with pytest.raises(SourceError, match=reason):
        read_docx(data)
    assert time.monotonic() - started < 20


def test_numbers_that_would_exhaust_a_reader() -> None:
    numbers = part(
        "numbering",
        abstract(
            1, level("upperRoman", "%1." * 500, start=999_999_999), level("lowerLetter", "%2", start=10**8)
        )
        + num(1, 1)
        + num(2, 99),
    )
    loop = part("styles", style("a", "甲", based="b") + style("b", "乙", based="a"))
    wide = table(
        row("类别", "金额"), row(cell("甲", '<w:gridSpan w:val="999999999"/>'), "8万元"), row("乙", "9万元")
    )
    body = (
        numbered("一", 1) + numbered("二", 1, 1) + numbered("三", 2) + p("四", '<w:pStyle w:val="a"/>')
        + numbered("五", 1, 0).replace('w:val="0"', f'w:val="{"9" * 9000}"') + wide
    )  # fmt: skip
    texts = [b.text for b in read_docx(word(body, numbering=numbers, styles=loop)).blocks]
    assert [t[-1] for t in texts[:5]] == list("一二三四五") and max(map(len, texts)) < 100
    assert texts[-1] == "类别：乙｜金额：9万元"


SEEDS = [word(text) for text, _ in TABLES.values()] + [
    word(
        p(field(" =1+1", "2") + "<w:ins>" + r("新") + "</w:ins>", MARK_DELETED) + control(p("控件")) + PICTURE
    ),
    word(
        numbered("甲", 1) + p("<w:r><w:footnoteReference w:id='1'/></w:r>"),
        numbering=part("numbering", abstract(1, level("decimal", "%1.")) + num(1, 1)),
        footnotes=part("footnotes", f"<w:footnote w:id='1'>{p('注文')}</w:footnote>"),
        styles=part("styles", style("a", "heading 1")),
    ),
]


@settings(max_examples=200, derandomize=True)
@given(strategies.data())
def test_no_damage_breaks_the_reader(data: strategies.DataObject) -> None:
    seed = data.draw(strategies.sampled_from(SEEDS))
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(strategies.sampled_from(sorted(members)))
    marks = [m.start() for m in re.finditer(b"<", members[name])]
    first, second, third = (data.draw(strategies.sampled_from(marks)) for _ in range(3))
    cut, end = sorted((first, second))
    moved = members[name][cut:end]
    rest = members[name][:cut] + members[name][end:]
    hurt = rest[:third] + (moved if data.draw(strategies.booleans()) else b"") + rest[third:]
    try:
        reading = read_docx(rezipped(seed, {name: hurt}))
    except SourceError as error:
        assert "：" in str(error)
    else:
        assert all(block.text and "\n" not in block.text for block in reading.blocks)


@pytest.mark.office
def test_an_old_file_under_a_new_name(tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "a.docx").write_bytes(word(p("第一条 最高80万元。")))
    command = [
        "soffice",
        "--headless",
        "--convert-to",
        "doc",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert lines((tmp_path / "a.doc").read_bytes()) == ["第一条 最高80万元。"]


# The paper as a whole


def test_the_clauses_of_a_paper_with_everything_at_once(tmp_path: Path) -> None:
    numbers = part(
        "numbering",
        abstract(1, level("chineseCounting", "%1、"), level("chineseCounting", "（%2）")) + num(1, 1),
    )
    capped = p(
        r("同一企业年度奖励总额不超过")
        + f"<w:del w:id='1'>{r('100')}</w:del><w:ins w:id='2'>{r('80')}</w:ins>"
        + r("万元。")
    )
    capped = capped.replace(
        "<w:p>", '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>', 1
    )
    barred = control(numbered("注册地不在松涛区的企业不得申报。", 1))
    boxed = p(f"<w:r>{drawn(box(p('咨询电话：0799-6600123')))}</w:r>")
    data = word(
        centred("松涛区专精特新企业奖励申报指南")
        + numbered("奖励对象为本区企业。", 1)
        + boxed
        + capped
        + barred,
        numbering=numbers,
    )
    path = tmp_path / "指南.docx"
    path.write_bytes(data)
    document = read_document(SourceFile(str(path), path), data)
    clauses = {c.article: c.text for c in chunk(document) if c.article}
    assert clauses["二"] == "二、同一企业年度奖励总额不超过80万元。"
    assert clauses["三"] == "三、注册地不在松涛区的企业不得申报。"
    assert "0799-6600123" in clauses["一"]
    assert document.head.title == "松涛区专精特新企业奖励申报指南"
    assert any("未接受的修订" in note for note in document.head.notes)

"""Sheets as a person sees them: units, merged cells, several tables, formats; what is hidden is left out and said."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assistant.errors import SourceError
from ingest.readers.number_format import shown
from ingest.readers.sheet import read_csv, read_xls, read_xlsx
from ingest.reading import Reading


def book_of(*sheets: Callable[[Any], None]) -> bytes:
    """A workbook whose sheets these functions fill."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, fill in enumerate(sheets, 1):
        fill(book.create_sheet(f"表{number}"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def shown_rows(reading: Reading) -> list[list[str]]:
    """The blocks' cells."""
    return [re.split("[；｜]", block.text.rstrip("。")) for block in reading.blocks]


def standards(sheet: Any) -> None:
    sheet.append(["榆树湾县工业奖励标准表"])
    sheet.merge_cells("A1:E1")
    sheet.append(["序号", "奖励事项", "标准（万元）", "补助比例（%）", "责任单位"])
    sheet.append([1, "省级智能工厂", 40, 15, "县工信局"])
    sheet.append([2, "县长质量奖", "10-20", None, "县市场监管局"])
    sheet.append([3, "首台套", "按售价的10%", 12.5, None])


def test_units_in_the_header_belong_to_the_cells() -> None:
    reading = read_xlsx(book_of(standards))
    assert shown_rows(reading) == [
        ["榆树湾县工业奖励标准表"],
        ["序号：1", "奖励事项：省级智能工厂", "标准：40万元", "补助比例：15%", "责任单位：县工信局"],
        ["序号：2", "奖励事项：县长质量奖", "标准：10-20万元", "责任单位：县市场监管局"],
        ["序号：3", "奖励事项：首台套", "标准（万元）：按售价的10%", "补助比例：12.5%"],
    ]
    assert reading.blocks[0].level == 1 and reading.notes == ()
    assert reading.visible and reading.kept >= reading.visible


def test_a_unit_stated_above_the_table_belongs_to_the_sums() -> None:
    def fill(sheet: Any) -> None:
        for row in (
            ["奖补资金分配表", None, None],
            ["填报单位：某县财政局", None, "单位：万元"],
            ["乡镇", "户数", "奖补金额"],
            ["东溪镇", 12, 30],
            ["西溪镇", 8, 24.5],
        ):
            sheet.append(row)

    assert shown_rows(read_xlsx(book_of(fill))) == [
        ["奖补资金分配表"],
        ["填报单位：某县财政局 单位：万元"],
        ["乡镇：东溪镇", "户数：12", "奖补金额：30万元"],
        ["乡镇：西溪镇", "户数：8", "奖补金额：24.5万元"],
    ]


def test_a_header_of_several_rows_and_merged_groups() -> None:
    def fill(sheet: Any) -> None:
        for row in (
            ["类别", "事项", "标准（万元）", None, "备注"],
            [None, None, "国家级", "省级", None],
            ["工业类", "智能工厂", 100, 40, None],
            [None, "绿色工厂", 50, 20, "不重复"],
            ["服务业类", "示范基地", 30, 10, None],
        ):
            sheet.append(row)
        for area in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "A3:A4"):
            sheet.merge_cells(area)

    assert shown_rows(read_xlsx(book_of(fill))) == [
        ["类别：工业类", "事项：智能工厂", "标准-国家级：100万元", "标准-省级：40万元"],
        ["类别：工业类", "事项：绿色工厂", "标准-国家级：50万元", "标准-省级：20万元", "备注：不重复"],
        ["类别：服务业类", "事项：示范基地", "标准-国家级：30万元", "标准-省级：10万元"],
    ]


def test_several_tables_and_a_table_with_a_gap_on_one_sheet() -> None:
    def fill(sheet: Any) -> None:
        for row in (
            ["附件1"],
            [],
            ["表一 设备补贴"],
            ["设备", "上限（万元）"],
            ["机器人", 80],
            [],
            ["传感器", 20],
            [],
            ["表二 人才补贴"],
            ["层次", "年度补贴（元）", "年限（年）"],
            ["博士", 30000, 3],
            ["注：按月发放。"],
            [],
            ["乡镇名称", "联系电话"],
            ["东溪镇", "0577-1234567"],
        ):
            sheet.append(row)

    reading = read_xlsx(book_of(fill))
    assert shown_rows(reading) == [
        ["附件1"],
        ["表一 设备补贴"],
        ["设备：机器人", "上限：80万元"],
        ["设备：传感器", "上限：20万元"],
        ["表二 人才补贴"],
        ["层次：博士", "年度补贴：30000元", "年限：3年"],
        ["注：按月发放"],
        ["乡镇名称：东溪镇", "联系电话：0577-1234567"],
    ]


def test_a_groups_name_over_the_whole_table_stands_before_its_rows() -> None:
    def fill(sheet: Any) -> None:
        for row in (
            ["事项", "对象", "上限（万元）"],
            ["一、工业类"],
            ["技改", "企业", 90],
            ["二、农业类"],
            ["冷链", "合作社", 30],
        ):
            sheet.append(row)
        sheet.merge_cells("A2:C2")

    assert shown_rows(read_xlsx(book_of(fill))) == [
        ["一、工业类"],
        ["一、工业类", "事项：技改", "对象：企业", "上限：90万元"],
        ["二、农业类"],
        ["二、农业类", "事项：冷链", "对象：合作社", "上限：30万元"],
    ]


def hiding(sheet: Any) -> None:
    for row in (
        ["企业", "内部评分", "金额（万元）", "比例", "认定日"],
        ["甲公司", 91, 20, 0.125, date(2031, 3, 5)],
        ["乙公司", 62, 99, 0.5, date(2031, 3, 6)],
        ["丙公司", 88, 18, 1, date(2031, 3, 7)],
    ):
        sheet.append(row)
    for row in sheet.iter_rows(min_row=2):
        row[3].number_format = "0%"
        row[4].number_format = 'yyyy"年"m"月"d"日"'
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True


def secret(sheet: Any) -> None:
    sheet.append(["不公开", "1"])
    sheet.sheet_state = "hidden"


HIDDEN = [
    ["表1"],
    ["企业：甲公司", "金额：20万元", "比例：12.5%", "认定日：2031年3月5日"],
    ["企业：丙公司", "金额：18万元", "比例：100%", "认定日：2031年3月7日"],
    ["表3"],
    ["榆树湾县工业奖励标准表"],
]


def test_what_is_hidden_is_left_out_and_said() -> None:
    reading = read_xlsx(book_of(hiding, secret, standards))
    assert shown_rows(reading)[:5] == HIDDEN
    assert [b.level for b in reading.blocks[:5]] == [2, None, None, 2, 3]
    assert [note.split("。")[0] for note in reading.notes] == [
        "隐藏的工作表没有读：表2",
        "工作表“表1”里隐藏的 1 行、1 列没有读",
    ]


def test_formulas_without_a_value_are_named() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["项目", "金额（万元）"])
        for row in range(2, 15):
            sheet.append([f"项目{row}", f"=B1*{row}"])

    (note,) = read_xlsx(book_of(fill)).notes
    assert "B2、B3" in note and "B11等" in note and "B12" not in note


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.5, "0%", "50%"),
        (0.1255, "0.0%", "12.55%"),
        (20, '0"万元"', "20万元"),
        (1200000, "#,##0.00", "1200000"),
        (200000, '0!.0,"万元"', "20万元"),
        (1234500, '#,##0.0,"千元"', "1234.5千元"),
        (0.1 + 0.2, "General", "0.3"),
        (-5, "0;-0", "-5"),
        (-5, "0;(0)", "-5"),
        (3, '"第"0"批"', "第3批"),
        (88, "[$￥-804]#,##0", "￥88"),
        (20, "@", "20"),
        (True, "General", "TRUE"),
        (datetime(2031, 3, 5), "yyyy/m/d", "2031-03-05"),
        (datetime(2031, 3, 5), 'yyyy"年"m"月"', "2031年3月"),
        (datetime(2031, 3, 5, 9, 30), "yyyy/m/d h:mm", "2031-03-05 09:30:00"),
        (time(9, 30), "h:mm", "09:30:00"),
        (float("inf"), "0", "inf"),
        (7, None, "7"),
    ],
)
def test_values_as_the_sheet_shows_them(value: Any, form: str, text: str) -> None:
    assert shown(value, form) == text


def test_rows_of_a_csv_get_their_units_too() -> None:
    reading = read_csv('企业,金额（万元）,备注\n甲公司,"1,200",\n乙公司,30,续报\n')
    assert shown_rows(reading) == [
        ["企业：甲公司", "金额：1,200万元"],
        ["企业：乙公司", "金额：30万元", "备注：续报"],
    ]


def test_a_sheet_formatted_far_beyond_its_data_is_read() -> None:
    def fill(sheet: Any) -> None:
        standards(sheet)
        sheet.cell(60_000, 300).number_format = "0%"

    assert len(read_xlsx(book_of(fill)).blocks) == 4


def test_a_sheet_too_long_is_refused() -> None:
    def fill(sheet: Any) -> None:
        sheet.cell(1, 1).value = "甲"
        sheet.cell(1_000_000, 20).value = "乙"

    with pytest.raises(SourceError, match="过大"):
        read_xlsx(book_of(fill))


def test_broken_workbooks_say_so() -> None:
    with pytest.raises(SourceError, match=r"请.*另存为"):
        read_xlsx(b"PK\x03\x04 broken")
    with pytest.raises(SourceError, match=r"请.*另存为"):
        read_xls(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


@pytest.mark.office_sheets
def test_the_same_from_an_old_workbook(tmp_path: Path) -> None:
    """LibreOffice writes the .xls; hidden parts, merges, formats and dates come through."""
    (tmp_path / "a.xlsx").write_bytes(book_of(hiding, secret, standards))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xls",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")], check=True, capture_output=True
    )
    new, old = read_xlsx((tmp_path / "a.xlsx").read_bytes()), read_xls((tmp_path / "a.xls").read_bytes())
    assert shown_rows(old) == shown_rows(new) and shown_rows(old)[:5] == HIDDEN
    assert old.notes == new.notes and old.visible == new.visible

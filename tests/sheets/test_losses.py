"""What a filled or marked workbook loses is named before: nothing of a plain one, and what is truly left out."""

import io
import struct
import zipfile
import zlib
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from sheets import editing, losses
from sheets.apart import asking
from sheets.wording import LOSSES
from tests.sheets.books import xlsx


def picture() -> io.BytesIO:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 4)) + chunk(b"IEND", b""))


def crafted(*wanted: str) -> bytes:
    """A blank table with what is wanted beside it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page, bold = book.add_worksheet("表"), book.add_format({"bold": True})
    for row, line in enumerate((["村名", "总收入", "人数"], ["石岭村", None, 3], ["柳湾村", None, 4])):
        page.write_row(row, 0, line)
    page.conditional_format("C2:C3", {"type": "cell", "criteria": ">", "value": 3, "format": bold})
    page.write_comment("A2", "批注")
    page.data_validation("D2", {"validate": "list", "source": ["是", "否"]})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=表!$C$2:$C$3"})
    adding: dict[str, Any] = {
        "pictures": lambda: page.insert_image("H1", "p.png", {"image_data": picture()}),
        "shapes": lambda: page.insert_textbox("H5", "说明"),
        "controls": lambda: page.insert_button("K1", {"caption": "汇总"}),
        "chart_looks": lambda: page.insert_chart("H10", chart),
        "sparklines": lambda: page.add_sparkline("E2", {"range": "表!C2:C3"}),
        "formats": lambda: page.conditional_format("C2:C3", {"type": "data_bar", "data_bar_2010": True}),
        "letters": lambda: page.write_rich_string("F1", "前", bold, "重点", "后"),
    }
    for name in wanted:
        adding[name]()
    book.close()
    return target.getvalue()


def with_part(content: bytes, name: str, data: bytes = b"<x/>") -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr(name, data)
    return target.getvalue()


MARKING: dict[str, Any] = {"marks": [], "sheet": "说明", "lines": [], "alone": [], "most": 1000, "author": "落实"}
MADE = ("pictures", "shapes", "controls", "chart_looks", "sparklines", "formats", "letters")


def test_a_plain_workbook_loses_nothing() -> None:
    assert losses.lost(crafted()) == []
    assert losses.lost(xlsx([["村名", "总收入"], ["梅花村", 12]])) == []
    assert losses.lost("村名,总收入\n梅花村,12".encode()) == []


@pytest.mark.parametrize("name", MADE)
def test_each_thing_is_named_alone(name: str) -> None:
    assert losses.lost(crafted(name)) == [name]


@pytest.mark.parametrize("name", sorted(set(MADE) - {"chart_looks"}))
@pytest.mark.parametrize("how", ["fill", "mark"])
def test_what_is_named_is_gone_afterwards(name: str, how: str) -> None:
    """Told of what is really lost: nothing of it stands in what is made."""
    sent = crafted(name)
    if how == "fill":
        made = editing.fill(sent, [["表", "B2", "number", "5"]])
    else:
        made = editing.mark(sent, {**MARKING, "marks": [["表", "B2", "缺数"]]})
    assert losses.lost(made) == []


def test_what_is_not_named_is_kept() -> None:
    page = openpyxl.load_workbook(io.BytesIO(editing.fill(crafted("chart_looks"), [["表", "B2", "number", "5"]])))["表"]
    assert (page["A2"].comment.text.strip(), len(page._charts)) == ("批注", 1)
    assert page.conditional_formatting
    assert page.data_validations.dataValidation


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/cellimages.xml", "pictures"),
        ("xl/ctrlProps/ctrlProp1.xml", "controls"),
        ("xl/diagrams/data1.xml", "shapes"),
        ("xl/charts/chartEx1.xml", "new_charts"),
        ("xl/slicers/slicer1.xml", "slicers"),
        ("xl/threadedComments/threadedComment1.xml", "threads"),
        ("xl/connections.xml", "connections"),
        ("_xmlsignatures/sig1.xml", "signature"),
    ],
)
def test_what_only_other_programs_write_is_known_by_its_part(part: str, code: str) -> None:
    assert losses.lost(with_part(crafted(), part)) == [code]
    assert losses.lost(editing.mark(with_part(crafted(), part), MARKING)) == []


def test_an_old_workbook_keeps_nothing_but_its_contents() -> None:
    assert losses.lost(b"\xd0\xcf\x11\xe0" + b"\0" * 600) == ["all"]
    assert losses.lost(b"<html><table><tr><td>1</td></tr></table></html>") == ["all"]


def test_a_sign_is_found_where_two_pieces_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.parts.CHUNK", 7)
    assert losses.lost(crafted("letters", "formats")) == ["formats", "letters"]


def test_every_code_has_words() -> None:
    assert set(LOSSES) == losses.CODES


@pytest.mark.own_process
def test_it_is_found_in_the_process_apart() -> None:
    assert asking.lost(crafted("pictures")) == ["pictures"]

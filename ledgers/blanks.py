"""Blank workbooks to fill in: drop-downs, protected headings, and the actor's organisations with what is known.

The headings are the dictionary's own words, so that a filled-in workbook is imported without any question.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ledgers import exports, prefill, sealing, standing
from ledgers.models import Entry
from ledgers.rules.kinds import Column, KindRule, Subject
from ledgers.rules.values import Marks
from orgs.actor import Actor
from orgs.field_rules import DAYS, FieldType
from orgs.models import Organisation
from sheets.cleaning import cell_text, clean
from sheets.writing import TEMPTING, is_writable_number

SPARE_ROWS = 200  # empty rows below, where an organisation may have several
_YES_NO = ("是", "否")  # what stands in the cells is Chinese in any language: the importer reads both
_DATE_HINT = "如 2026-06-28；只知道月份写 2026-06"
_LEAD = 3  # township, organisation, code
_WIDEST = 28  # characters


@dataclass(frozen=True)
class Filled:
    """One line of the workbook: its organisation, and what is known by field."""

    organisation: Organisation | None
    values: dict[str, Any]
    marks: Marks


def lines(kind: KindRule, actor: Actor, period: str) -> list[Filled]:
    """The rows that stand already, then the organisations that have none, with what is known of them."""
    stands = Entry.objects.visible_to(actor).of(kind.key, period).select_related("organisation__township")
    within = stands.filter(organisation__in=standing.owing(actor, kind).within(actor.organisation).values("pk"))
    found = [Filled(row.organisation, _open_values(kind, row), row.marks) for row in within.in_order()]
    if kind.subject == Subject.ANY or kind.natural_key:
        return found
    have = {line.organisation.pk for line in found if line.organisation}
    rest = standing.owing(actor, kind).within(actor.organisation).select_related("township").order_by("path")
    lacking = [organisation for organisation in rest if organisation.pk not in have]
    known = prefill.known_of(kind, lacking, actor)
    for organisation in lacking:
        here = known[organisation.pk]
        marks = {key: list(value.marks) for key, value in here.items() if value.marks}
        found.append(Filled(organisation, {key: value.value for key, value in here.items()}, marks))
    return sorted(found, key=lambda line: line.organisation.path if line.organisation else "")


def _open_values(kind: KindRule, row: Entry) -> dict[str, Any]:
    """What a row holds, without personal data: a workbook that lies about gives nobody away."""
    return {key: value for key, value in sealing.open_all(row.values).items() if key not in kind.personal_keys}


def workbook(kind: KindRule, filled: Sequence[Filled], *, actor: Actor, period: str) -> bytes:
    """The workbook as .xlsx."""
    import xlsxwriter  # only when something is written

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    columns = kind.asked_on(actor.on)
    looks = _looks(book)
    sheet = book.add_worksheet("填报")
    lists = book.add_worksheet("选项")
    top = _head(sheet, kind, columns, looks, actor=actor, period=period)
    last = top + len(filled) + (SPARE_ROWS if kind.natural_key or kind.subject == Subject.ANY else 0)
    for place, line in enumerate(filled, top + 1):
        _line(sheet, place, line, columns, looks)
    for place in range(top + 1 + len(filled), last + 1):
        _spare(sheet, place, len(columns), looks, actor)
    _choices(sheet, lists, columns, top + 1, max(last, top + 1), looks)
    sheet.freeze_panes(top + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    lists.hide()
    _guide(book.add_worksheet("填写说明"), kind, columns, looks)
    book.close()
    return target.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    heading = {
        "bold": True,
        "border": 1,
        "bg_color": "#F2F3F5",
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
    }
    cell = {"border": 1, "locked": False}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "note": book.add_format({"font_color": "#5B6473"}),
        "heading": book.add_format(heading),
        "required": book.add_format({**heading, "font_color": "#B3202A"}),
        "lead": book.add_format({"border": 1, "bg_color": "#F9FAFB", "num_format": "@"}),
        "text": book.add_format({**cell, "num_format": "@", "text_wrap": True}),
        "quoted": book.add_format({**cell, "num_format": "@", "text_wrap": True, "quote_prefix": True}),
        "number": book.add_format(cell),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _head(
    sheet: Any, kind: KindRule, columns: Sequence[Column], looks: dict[str, Any], *, actor: Actor, period: str
) -> int:
    """Title, who and when, group headings and headings; gives the row of the headings."""
    width = _LEAD + len(columns) - 1
    title = f"{actor.organisation}{period}{kind.zh}台账" if period else f"{actor.organisation}{kind.zh}台账"
    sheet.merge_range(0, 0, 0, width, clean(title), looks["title"])
    sheet.write_string(1, 0, clean(f"填报单位：{actor.organisation}"), looks["note"])
    sheet.write_string(1, min(4, width), "填报日期：", looks["note"])
    grouped = any(column.group for column in columns)
    for place, words in enumerate(("乡镇", "单位名称" if kind.subject != Subject.VILLAGE else "村（社区）", "代码")):
        _cell(sheet, 2, place, words, looks["heading"], tall=grouped)
    for at, group, members in _groups(columns):
        if group and len(members) > 1:
            sheet.merge_range(2, _LEAD + at, 2, _LEAD + at + len(members) - 1, group, looks["heading"])
        elif group:
            sheet.write_string(2, _LEAD + at, group, looks["heading"])
        for place, column in enumerate(members, _LEAD + at):
            look = looks["required" if column.required or column.key in kind.natural_key else "heading"]
            words = heading(column)
            if group:
                sheet.write_string(3, place, words, look)
            else:
                _cell(sheet, 2, place, words, look, tall=grouped)
            sheet.set_column(place, place, min(_WIDEST, max(10, 2 * len(words))))
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 2, 15)
    return 3 if grouped else 2


def heading(column: Column) -> str:
    """A column's heading in Chinese with its unit: the words the importer knows first."""
    return exports.with_unit(column.field.zh, column.field)


def _groups(columns: Sequence[Column]) -> Iterable[tuple[int, str, list[Column]]]:
    """Neighbouring columns under one heading: where they begin, the heading, the columns."""
    found: list[tuple[int, str, list[Column]]] = []
    for place, column in enumerate(columns):
        if found and found[-1][1] == column.group and column.group:
            found[-1][2].append(column)
        else:
            found.append((place, column.group, [column]))
    return found


def _cell(sheet: Any, row: int, column: int, words: str, look: Any, *, tall: bool) -> None:
    if tall:
        sheet.merge_range(row, column, row + 1, column, words, look)
    else:
        sheet.write_string(row, column, words, look)


def _line(sheet: Any, place: int, line: Filled, columns: Sequence[Column], looks: dict[str, Any]) -> None:
    unit = line.organisation
    for column, words in enumerate((str(unit.township or ""), unit.name, unit.code) if unit else ("", "", "")):
        sheet.write_string(place, column, cell_text(words), looks["lead"])
    for column, described in enumerate(columns, _LEAD):
        _write(sheet, place, column, described, line, looks)


def _write(sheet: Any, row: int, column: int, described: Column, line: Filled, looks: dict[str, Any]) -> None:
    field = described.field
    value = line.values.get(field.key)
    if field.type == FieldType.BOOL and value is not None:
        value = _YES_NO[0] if value else _YES_NO[1]
    elif field.codes and value is not None:
        value = "、".join(value) if isinstance(value, list) else value
    else:
        value = exports.cell(field, value, line.marks.get(field.key, []), is_open=False)
    look = "number" if field.is_number else "text"
    if value is None:
        sheet.write_blank(row, column, None, looks[look])
    elif field.is_number and is_writable_number(value):
        sheet.write_number(row, column, value, looks[look])
    else:
        text = cell_text(value)
        sheet.write_string(row, column, text, looks["quoted" if text.startswith(TEMPTING) else "text"])


def _spare(sheet: Any, place: int, width: int, looks: dict[str, Any], actor: Actor) -> None:
    """An empty row in which organisation and values are written by hand."""
    for column in range(_LEAD + width):
        sheet.write_blank(place, column, None, looks["text"])


def _choices(sheet: Any, lists: Any, columns: Sequence[Column], first: int, last: int, looks: dict[str, Any]) -> None:
    """Drop-downs for what is chosen, hints for dates; the choices stand on a sheet of their own."""
    for place, column in enumerate(columns):
        field = column.field
        choices = _YES_NO if field.type == FieldType.BOOL else field.code_values
        at = _LEAD + place
        if choices:
            for row, choice in enumerate(choices):
                lists.write_string(row, place, choice)
            letter = _letters(place)
            rule: dict[str, Any] = {"validate": "list", "source": f"=选项!${letter}$1:${letter}${len(choices)}"}
            if field.type == FieldType.LIST:
                rule |= {"error_type": "information", "input_message": "可填多项，用顿号隔开"}
            sheet.data_validation(first, at, last, at, rule)
        elif field.type in DAYS:
            hint = {
                "validate": "any",
                "input_title": field.zh[:32],
                "input_message": "如 2026-06-28；只知道月份写 2026-06",
            }
            sheet.data_validation(first, at, last, at, hint)


def _letters(place: int) -> str:
    """A column's letters: 0 is A."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def _guide(sheet: Any, kind: KindRule, columns: Sequence[Column], looks: dict[str, Any]) -> None:
    """What each column wants."""
    sheet.write_string(0, 0, f"填写说明：{kind.zh}", looks["title"])
    sheet.write_string(1, 0, kind.note_zh, looks["note"])
    for place, words in enumerate(("列", "填什么", "单位", "可选内容")):
        sheet.write_string(3, place, words, looks["heading"])
    for row, column in enumerate(columns, 4):
        field = column.field
        choices = "、".join(_YES_NO if field.type == FieldType.BOOL else field.code_values)
        for place, words in enumerate((field.zh, str(FieldType(field.type).label), field.unit, choices)):
            sheet.write_string(row, place, words, looks["plain"])
    sheet.set_column(0, 1, 22)
    sheet.set_column(3, 3, 60)


def name(kind: KindRule, actor: Actor, period: str) -> str:
    """What the workbook is called."""
    return f"{actor.organisation}{period}{kind.zh}{_('blank')}.xlsx"

"""The first line of a pasted block: whether it holds headings, and which columns of the grid they mean. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sheets.stated import row_of_units, stated, unit_word
from sheets.units import AREA, MONEY, UNITS, dimension
from sheets.values import plain

_BRACKETS = re.compile(r"\(([^()]{1,12})\)$")
_NAME_HEADINGS = frozenset(("村", "社区", "村社区", "行政村", "所属村", "村庄", "村居", "村级"))
REMARKS = "note"  # the grid's column of remarks, whatever its title
_SERIAL = frozenset(("序号", "编号", "no", "no.", "#"))
_REMARKS = frozenset(("备注", "说明", "情况说明", "备注说明"))
_PLAIN_NOTES = frozenset(("必填", "选填", "填数字", "数字", "累计", "合计", "单位", "填百分比"))
_OTHER = re.compile("年|月|周|季|前|后|增|减|差|计划|目标|预计|同期|其中|应|未|拟|欠")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Source:
    """The grid's column that one of the block fills, and the unit its heading names where the grid has another."""

    column: str
    unit: str = ""


@dataclass
class Headings:
    """What the headings mean: sources by place in the block, and a sentence for each heading that is in doubt."""

    sources: dict[int, Source] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)  # sentence → the place whose column is to be chosen


def stand_in(
    first: Sequence[str], below: Sequence[Sequence[str]], titles: Mapping[str, str], names_at: int | None
) -> bool:
    """Whether the first line, which names no village, holds headings.

    They are told by what stands above the names, by a column's title, or as words above figures.
    """
    if names_at is not None and names_at < len(first) and _heads_names(first[names_at]):
        return True
    beside = [(at, text) for at, text in enumerate(first) if text and at != names_at]
    if any(_exactly(text, titles) for _at, text in beside):
        return True
    figures = [line[at] for line in below for at, _text in beside if at < len(line) and line[at]]
    if not beside or any(_DIGIT.search(text) for _at, text in beside):
        return False
    return bool(figures) and sum(1 for text in figures if _DIGIT.search(text)) * 2 > len(figures)


def _heads_names(text: str) -> bool:
    bare = re.sub(r"[()/、]", "", plain(text))
    return not bare or bare in _NAME_HEADINGS or bool(re.search(r"名|单位|称", bare))


def _exactly(text: str, titles: Mapping[str, str]) -> bool:
    bare = _BRACKETS.sub("", plain(text))
    return bare in _REMARKS or any(bare == _BRACKETS.sub("", plain(title)) for title in titles.values())


def meant(
    first: Sequence[str],
    width: int,
    titles: Mapping[str, str],
    units: Mapping[str, str],
    names_at: int | None,
    chosen: Mapping[int, str],
) -> Headings:
    """Which columns the headings mean. What is no column's title, fits several, or stands twice is said, not taken;
    ``chosen`` are the columns that somebody chose for such headings, "" to leave one out.
    """
    found = Headings()
    taken: dict[str, int] = {}
    for at in range(width):
        text = first[at] if at < len(first) else ""
        if at == names_at or plain(text) in _SERIAL or _heads_names_beside(at, text, names_at):
            continue
        near = _near(text, titles)
        if len(near) != 1 and at in chosen:
            near = [chosen[at]] if chosen[at] in titles else []
            if not near:
                continue
        if len(near) != 1:
            found.faults.append(_doubt(at, text, near, titles))
            found.asked[found.faults[-1]] = at
        elif near[0] in taken:
            words = {"title": titles[near[0]], "first": taken[near[0]] + 1, "number": at + 1}
            found.faults.append(
                _("“%(title)s” heads two columns, %(first)s and %(number)s: neither is filled in.") % words
            )
            found.sources.pop(taken[near[0]], None)
        else:
            taken[near[0]] = at
            source = _with_unit(at, text, near[0], units.get(near[0], ""), found)
            if source is not None:
                found.sources[at] = source
    return found


def _heads_names_beside(at: int, text: str, names_at: int | None) -> bool:
    """A column of townships, or the like, to the left of the names."""
    return names_at is not None and at < names_at and bool(text)


def _doubt(at: int, text: str, near: Sequence[str], titles: Mapping[str, str]) -> str:
    words = {"number": at + 1, "text": text}
    if not text:
        return _("Column %(number)s of what was pasted has no heading: it is left out.") % words
    likely = near or _alike(text, titles)
    if not likely:
        return _("Column %(number)s: no column here is called “%(text)s”. It is left out.") % words
    named = _(" or ").join(titles[column] for column in likely[:3])
    return _("Column %(number)s: no column here is called “%(text)s”. Is it %(near)s? It is left out.") % {
        **words,
        "near": named,
    }


def _near(text: str, titles: Mapping[str, str]) -> list[str]:
    """The columns that a heading may mean: by the title itself, else by a part of it; a note in brackets aside.

    A heading that says more than the title (去年集体收入, 集体收入（上年）) is another one.
    """
    whole = plain(text)
    bare = _BRACKETS.sub("", whole)
    note = _BRACKETS.search(whole)
    if note and not unit_word(note[1]) and not _is_plain_note(note[1]):
        return [column for column, title in titles.items() if plain(title) == whole]
    if len(bare) < 2:
        return []
    if bare in _REMARKS and REMARKS in titles:
        return [REMARKS]
    for fits in (
        lambda title: title == whole,
        lambda title: _BRACKETS.sub("", title) == bare,
        lambda title: bare in title,
    ):
        near = [column for column, title in titles.items() if fits(plain(title))]
        if near:
            return near
    return []


def _is_plain_note(note: str) -> bool:
    """Whether a note in brackets says nothing of another time or another thing."""
    return note in _PLAIN_NOTES or bool(re.fullmatch(r"[\d.%‰,\w]{0,4}", note) and not _OTHER.search(note))


def _alike(text: str, titles: Mapping[str, str]) -> list[str]:
    """Columns whose title shares two characters in a row with a heading: what it might mean."""
    bare = plain(text)[:40]
    pairs = {bare[at : at + 2] for at in range(len(bare) - 1)}
    return [column for column, title in titles.items() if any(pair in plain(title) for pair in pairs)]


def _with_unit(at: int, text: str, column: str, unit: str, found: Headings) -> Source | None:
    """The column with the unit that its heading names; a unit of another kind is said and the column left out."""
    brackets = _BRACKETS.search(plain(text))
    named = unit_word(brackets[1]) if brackets else ""
    if named not in UNITS or named == unit or not unit:
        return Source(column)
    if dimension(named) == dimension(unit):
        return Source(column, named)
    words = {"number": at + 1, "text": text, "unit": unit}
    found.faults.append(_("Column %(number)s, “%(text)s”: here it is counted in %(unit)s. It is left out.") % words)
    return None


def with_units(found: Headings, texts: Sequence[str], units: Mapping[str, str]) -> bool:
    """Take in a row of units below the headings; False when the line is no such row."""
    named = row_of_units([text.strip("()（）[]【】 ") for text in texts])
    if named is None:
        return False
    for at, source in list(found.sources.items()):
        _take_unit(found, at, source, named[at] if at < len(named) else "", units)
    return True


def with_stated(found: Headings, texts: Sequence[str], units: Mapping[str, str]) -> None:
    """Take in what lines above the headings state for all columns (单位：元)."""
    around = stated(texts)
    for at, source in list(found.sources.items()):
        measured = dimension(units.get(source.column, ""))
        told = around.get(measured, ()) if measured in {MONEY, AREA} else ()
        if not source.unit and len(told) == 1:
            _take_unit(found, at, source, told[0], units)
        elif not source.unit and told:
            del found.sources[at]
            said = _("Column %(number)s: several units are stated for it. It is left out.")
            found.faults.append(said % {"number": at + 1})


def _take_unit(found: Headings, at: int, source: Source, named: str, units: Mapping[str, str]) -> None:
    unit = units.get(source.column, "")
    if not named or not unit or named == unit or source.unit == named:
        return
    if dimension(named) == dimension(unit) and not source.unit:
        found.sources[at] = Source(source.column, named)
        return
    del found.sources[at]
    words = {"number": at + 1, "text": named, "unit": unit}
    found.faults.append(_("Column %(number)s, “%(text)s”: here it is counted in %(unit)s. It is left out.") % words)

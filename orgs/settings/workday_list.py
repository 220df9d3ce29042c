"""A year's days off as people have them: the State Council's notice, or a list with a line for each day or stretch."""

import datetime
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dates import bounds
from sheets import clipboard

LONGEST = 31  # days of one stretch
_DATE = r"(?:(\d{4})\s*[年/.-]\s*)?(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*[日号]?"
_UNTIL = rf"\s*(?:至|到|~|—+|–|-)\s*(?:{_DATE}|(\d{{1,2}})\s*[日号])"
_ALSO = r"[、和及]\s*(\d{1,2})\s*[日号]"
DATES = re.compile(rf"{_DATE}(?:{_UNTIL})?")
ALSO = re.compile(_ALSO)
HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+\s*[、.．]\s*)?([^\d：:，,]{2,20})[：:]")
WORK = re.compile("上班|补班|调班|工作日|工作|班")
REST = re.compile("放假|休息|调休|公休|补休|假|休")
NOISE = re.compile(r"共\s*\d+\s*天|与周末连休|照常|正常|[\s,，;；、。.:：\t|()（）]+")


@dataclass(frozen=True)
class Day:
    """One day as the text says it is."""

    day: datetime.date
    kind: str
    name: str


@dataclass(frozen=True)
class Read:
    """What was understood, and a sentence for each part that was not."""

    days: list[Day]
    faults: list[str]


def read(text: str, year: int) -> Read:
    """The days of a text; dates without a year are of ``year``."""
    found: dict[datetime.date, Day] = {}
    faults: list[str] = []
    name = ""
    for number, line in enumerate(_lines(text), 1):
        plain = re.sub(r"\([^()]*\)", "", unicodedata.normalize("NFKC", line))
        heading = HEADING.match(plain)
        if heading:
            name, plain = heading.group(1).strip(), plain[heading.end() :]
        for clause in _clauses(plain):
            try:
                days = list(_days(clause, year, name))
            except ValueError as fault:
                faults.append(_("Line %(number)s: %(fault)s") % {"number": number, "fault": fault})
                continue
            for day in days:
                before = found.setdefault(day.day, day)
                if before.kind != day.kind:
                    faults.append(
                        _("Line %(number)s: %(day)s is both off and worked.") % {"number": number, "day": day.day}
                    )
        if not plain.strip():
            name = name if heading else ""
    return Read([found[day] for day in sorted(found)], faults)


def _lines(text: str) -> Iterator[str]:
    """The lines of a notice; of a list from a spreadsheet one for each row, whatever its cells hold."""
    for row in clipboard.rows(text):
        yield from row[0].splitlines() or [""] if len(row) == 1 else ["\t".join(map(clipboard.one_line, row))]


def _clauses(line: str) -> Iterator[str]:
    """The parts of a line that say one thing each."""
    for sentence in re.split(r"[。;；]", line):
        if WORK.search(sentence) and REST.search(sentence):
            yield from re.split(r"[,，]", sentence)
        else:
            yield sentence


def _days(clause: str, year: int, name: str) -> Iterator[Day]:
    """The days one clause is about. Raises ``ValueError`` with a sentence."""
    spans = list(DATES.finditer(clause))
    if not spans:
        return
    kind = "work" if WORK.search(clause) else "rest" if REST.search(clause) else ""
    if not kind:
        raise ValueError(_("“%(text)s” does not say whether it is off or worked.") % {"text": clause.strip()})
    called = name or NOISE.sub("", REST.sub("", WORK.sub("", ALSO.sub("", DATES.sub("", clause)))))
    for span, after in zip(spans, [*(each.start() for each in spans[1:]), len(clause)], strict=True):
        first, last = _ends(span, year)
        for number in range((last - first).days + 1):
            yield Day(first + datetime.timedelta(days=number), kind, called[:60])
        for also in ALSO.finditer(clause, span.end(), after):
            yield Day(_date(last.year, last.month, int(also.group(1))), kind, called[:60])


def _ends(span: re.Match[str], year: int) -> tuple[datetime.date, datetime.date]:
    own, month, day, last_year, last_month, last_day, day_only = span.groups()
    first = _date(int(own or year), int(month), int(day))
    last = first
    if last_day:
        last = _date(int(last_year or first.year), int(last_month), int(last_day))
        if last < first and not last_year:
            last = _date(first.year + 1, last.month, last.day)  # over New Year
    elif day_only:
        last = _date(first.year, first.month, int(day_only))
    if not 0 <= (last - first).days < LONGEST:
        raise ValueError(_("from %(first)s to %(last)s is no stretch of days off.") % {"first": first, "last": last})
    return first, last


def _date(year: int, month: int, day: int) -> datetime.date:
    try:
        found = datetime.date(year, month, day)
    except ValueError:
        raise ValueError(
            _("there is no %(year)s-%(month)s-%(day)s.") % {"year": year, "month": month, "day": day}
        ) from None
    if out := bounds.fault(found):
        raise ValueError(out)
    return found

"""What hangs on organisations: names, ratings and terms are added or brought up to date, never taken away."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from naming import pinyin
from orgs.models import OrganisationName, TermOfOffice, YearRating
from orgs.register import layout
from orgs.register.layout import Line
from orgs.register.loading.state import Loading


def set_beside(loading: Loading) -> None:
    """Names, ratings and terms: added or brought up to date, never taken away."""
    lines = [line for line in loading.in_file.values() if not line.faulty]
    for columns, compare in _BESIDE.items():
        wanted = [line for line in lines if any(line.values.get(column) not in (None, "", []) for column in columns)]
        if columns == _NAME_COLUMNS:
            wanted += [line for line in lines if line.renamed_from and line not in wanted]
        if wanted:
            compare(loading, wanted)


def _keys(lines: list[Line]) -> list[int]:
    return [line.organisation.pk for line in lines if line.organisation.pk]


def _stored(model: Any, lines: list[Line], **conditions: Any) -> dict[int, list[Any]]:
    """What the organisations of the lines have of a model; all of it is read when there are many."""
    keys = _keys(lines)
    rows = model._default_manager.filter(**conditions)
    found = defaultdict(list)
    for row in rows.filter(organisation__in=keys) if len(keys) <= 400 else rows:
        found[row.organisation_id].append(row)
    return found


def _names(loading: Loading, lines: list[Line]) -> None:
    """Aliases and old names; a name the file replaces stays as an old name, so that it is still found."""
    stored = _stored(OrganisationName, lines)
    for line in lines:
        have = {row.name: row for row in stored.get(line.organisation.pk or 0, [])}
        for column in _NAME_COLUMNS:
            added = [pair for pair in line.values.get(column) or [] if _add_name(loading, line, have, *pair)]
            if added:
                loading.differs(line, column, [], added)
        if line.renamed_from and line.renamed_from not in have:
            _add_name(loading, line, have, line.renamed_from, loading.today)


def _add_name(
    loading: Loading, line: Line, have: dict[str, OrganisationName], name: str, until: datetime.date | None
) -> bool:
    """Note a name to be stored; False when it is there already."""
    if name == line.organisation.name or (name in have and until in (None, have[name].until)):
        return False
    if name not in have:
        have[name] = OrganisationName(organisation=line.organisation, name=name, initials=pinyin.initials(name))
    have[name].until = until
    loading.beside.append(have[name])
    return True


def _rating(loading: Loading, lines: list[Line]) -> None:
    years = {layout.year_of(line.values, loading.today) for line in lines}
    stored = _stored(YearRating, lines, year__in=years)
    for line in lines:
        year = layout.year_of(line.values, loading.today)
        found = [row for row in stored.get(line.organisation.pk or 0, []) if row.year == year]
        row = found[0] if found else YearRating(organisation=line.organisation, year=year)
        village_class = line.values.get("village_class") or row.village_class
        stars = line.values.get("stars", row.stars)
        if found and (row.village_class, row.stars) == (village_class, stars):
            continue
        for column, new in (("village_class", village_class), ("stars", stars)):
            old = getattr(row, column) if found else None
            if new != old:
                loading.differs(line, column, old, new)
        row.village_class, row.stars = village_class, stars
        loading.beside.append(row)


def _term(loading: Loading, lines: list[Line]) -> None:
    stored = _stored(TermOfOffice, lines)
    for line in lines:
        start, end = line.values.get("term_start"), line.values.get("term_end")
        if not start or not end or end <= start:
            loading.fault(line, "term_end", _("a term of office needs both its days, and ends after it began."))
            continue
        found = [row for row in stored.get(line.organisation.pk or 0, []) if row.started_on == start]
        if found and found[0].ends_on == end:
            continue
        row = found[0] if found else TermOfOffice(organisation=line.organisation, started_on=start)
        if not found:
            loading.differs(line, "term_start", None, start)
        loading.differs(line, "term_end", found[0].ends_on if found else None, end)
        row.ends_on = end
        loading.beside.append(row)


_NAME_COLUMNS = ("aliases", "old_names")
_BESIDE: Mapping[tuple[str, ...], Callable[[Loading, list[Line]], None]] = {
    _NAME_COLUMNS: _names,
    ("village_class", "stars"): _rating,
    ("term_start", "term_end"): _term,
}

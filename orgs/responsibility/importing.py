"""A workbook of responsibility (包保) read back: what it would add and change, and everything that is wrong with it.

A row is known again by organisation, duty, person, department and first day; what the file lacks is left alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from orgs.pages import search
from orgs.register.resources import ChoiceWidget, CodeWidget, DayWidget, TextWidget
from orgs.responsibility.resources import ResponsibilityResource
from orgs.rules import Duty
from sheets.apart.asking import read
from sheets.reading import Cell, UnreadableError, code_of, text_of

REQUIRED = ("code", "duty")
EDITED = ("title", "phone", "until", "document", "pledged", "delivered")
HEADING_ROWS = 10
LENGTHS = {f.name: f.max_length for f in Responsibility._meta.concrete_fields if f.max_length}
Key = tuple[int, str, str, int | None, Any]
Table = tuple[Sequence[Sequence[Cell]], dict[str, int], int]


class AmountWidget(TextWidget):
    """An amount in 万元, with two decimals at most."""

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> Decimal | None:  # type: ignore[override]
        """The amount in a cell. Raises ``ValueError``."""
        text = code_of(value)
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(_("“%(text)s” is not an amount. Write it like 12.50.") % {"text": text}) from error
        if amount < 0 or amount >= 10**10 or amount != round(amount, 2):
            raise ValueError(_("“%(text)s” is not an amount. Write it like 12.50.") % {"text": text})
        return amount


WIDGETS: Mapping[str, Widget] = {
    "code": CodeWidget(),
    "duty": ChoiceWidget(Duty),
    "person_name": TextWidget(),
    "title": TextWidget(),
    "phone": CodeWidget(),
    "department_code": CodeWidget(),
    "since": DayWidget(),
    "until": DayWidget(),
    "document": TextWidget(),
    "pledged": AmountWidget(),
    "delivered": AmountWidget(),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong in which row of the sheet."""

    row: int
    text: str


@dataclass
class Plan:
    """What a file would do: new rows, changed rows with their new values, rows that stay, and faults."""

    new: list[Responsibility] = field(default_factory=list)
    changed: list[tuple[Responsibility, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    digest: str = ""


def plan(table: Table, actor: Actor) -> Plan:
    """What a file's table would do to the organisations the actor looks after."""
    rows, columns, first = table
    made = Plan()
    values = [
        (first + n, _values(row, columns, first + n, made)) for n, row in enumerate(rows) if any(map(text_of, row))
    ]
    own = Organisation.objects.visible_to(actor).within(actor.organisation)
    places = {row.code: row for row in own.filter(code__in={found["code"] for _row, found in values if found})}
    wanted = {found["department_code"] for _row, found in values if found} - {""}
    departments = {row.code: row for row in search.departments(actor).filter(code__in=wanted)}
    standing = _standing(list(places.values()))
    seen: set[Key] = set()
    for number, found in values:
        if found:
            _place(made, number, found, places, departments, standing, seen)
    made.faults.sort(key=lambda fault: fault.row)
    made.digest = _digest(made)
    return made


def table_of(content: bytes) -> Table:
    """The rows below the headings, the columns found, and the number of the first row. Raises ``UnreadableError``."""
    known = _headings()
    sheets = [sheet for sheet in read(content) if any(any(map(text_of, row)) for row in sheet.rows)]
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:HEADING_ROWS]):
            columns = {
                known[text_of(cell).lower()]: at for at, cell in enumerate(row) if text_of(cell).lower() in known
            }
            if all(name in columns for name in REQUIRED):
                return sheet.rows[number + 1 :], columns, number + 2
    raise UnreadableError(
        _(
            "No sheet has the columns code and duty in its heading. "
            "Export the list, fill that workbook in and choose it."
        )
    )


def _headings() -> dict[str, str]:
    """Every heading in every language of the house → the column it stands for."""
    found = {name: name for name in WIDGETS}
    resource = ResponsibilityResource()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.update({str(resource.fields[name].column_name).lower(): name for name in WIDGETS})
    return found


def _values(row: Sequence[Cell], columns: Mapping[str, int], number: int, made: Plan) -> dict[str, Any]:
    """The row's values by column, empty when something in it cannot be read, which is then a fault."""
    found: dict[str, Any] = {}
    sound = True
    for name, widget in WIDGETS.items():
        at = columns.get(name)
        try:
            found[name] = widget.clean(row[at] if at is not None and at < len(row) else "")
        except ValueError as error:
            made.faults.append(Fault(number, str(error)))
            sound = False
    return found if sound else {}


def _standing(places: list[Organisation]) -> dict[Key, Responsibility]:
    rows = Responsibility.objects.filter(organisation__in=places).select_related("organisation", "department")
    return {_key(row): row for row in rows}


def _key(row: Responsibility) -> Key:
    return row.organisation_id, row.duty, row.person_name, row.department_id, row.since


def _place(
    made: Plan,
    number: int,
    found: dict[str, Any],
    places: Mapping[str, Organisation],
    departments: Mapping[str, Organisation],
    standing: Mapping[Key, Responsibility],
    seen: set[Key],
) -> None:
    """Put one row where it belongs in the plan."""
    place, department = places.get(found["code"]), departments.get(found["department_code"])
    faults = list(_faults(found, place, department))
    made.faults += [Fault(number, text) for text in faults]
    if faults or place is None:
        return
    names = ("duty", "person_name", "since", *EDITED)
    row = Responsibility(organisation=place, department=department, **{name: found[name] for name in names})
    key = _key(row)
    if key in seen:
        made.faults.append(Fault(number, _("The same responsibility stands in this file twice. Take one out.")))
        return
    seen.add(key)
    old = standing.get(key)
    if old is None:
        made.new.append(row)
        return
    changes = {name: found[name] for name in EDITED if getattr(old, name) != found[name]}
    if changes:
        made.changed.append((old, changes))
    else:
        made.unchanged += 1


def _faults(found: Mapping[str, Any], place: Organisation | None, department: Organisation | None) -> list[str]:
    faults = []
    if place is None:
        faults.append(_("No organisation of yours has the code “%(code)s”.") % {"code": found["code"]})
    if found["department_code"] and department is None:
        faults.append(_("No department of the county has the code “%(code)s”.") % {"code": found["department_code"]})
    if not found["duty"]:
        faults.append(_("The duty is empty."))
    if not found["person_name"] and not found["department_code"]:
        faults.append(_("Name a person or choose a department."))
    if found["since"] and found["until"] and found["until"] < found["since"]:
        faults.append(_("It ends on or after the day it began."))
    if (found["pledged"] or found["delivered"]) and found["duty"] != Duty.PAIRING_UNIT:
        faults.append(_("Amounts are entered for a pairing department only."))
    for name in ("person_name", "title", "phone", "document"):
        limit = LENGTHS[name]
        if len(found[name]) > limit:
            words = {"text": found[name][:20], "limit": limit}
            faults.append(_("“%(text)s…” is longer than %(limit)s characters.") % words)
    return faults


def _digest(made: Plan) -> str:
    """A fingerprint of the plan: the same file over the same rows gives the same."""
    told: list[Any] = [[_key(row), [getattr(row, name) for name in EDITED]] for row in made.new]
    told += [[row.pk, row.version, sorted(changes.items())] for row, changes in made.changed]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]

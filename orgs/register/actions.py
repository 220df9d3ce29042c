"""Loading the register: all of a file or nothing of it, and never a deletion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from dates import clock
from naming import pinyin
from orgs.actor import Actor
from orgs.models import Organisation, OrganisationName, TermOfOffice, YearRating
from orgs.register import layout, loading
from orgs.register.layout import Fault, Line, Plan
from orgs.register.resources import OrganisationResource
from orgs.tree import placing
from records.changes import Writer, change_set
from records.models import ChangeSet
from sheets.apart import asking

VERB = "orgs.register"
_BESIDE: dict[type[models.Model], list[str]] = {
    OrganisationName: ["until"],
    YearRating: ["village_class", "stars"],
    TermOfOffice: ["ends_on"],
}
_COLUMNS_WRITTEN = {  # by a column of the file; where it stands (parent, path) is written by the tree
    "name": ("name", "initials"),
    "merged_into_code": (),
}
_NOT_OF_THE_ROW = frozenset({"aliases", "old_names", "village_class", "stars", "term_start", "term_end"})


@dataclass(frozen=True)
class Loaded:
    """What loading a file did or would do; ``change_set`` is None when nothing was written."""

    plan: Plan
    change_set: ChangeSet | None = None


class Outdated(Exception):
    """The register was changed between preview and load: the file would now do something else."""


def load(content: bytes, *, name: str, by: Actor | None, dry_run: bool = False, seen: str | None = None) -> Loaded:
    """Load a file of the register, all of it or, when anything is wrong, nothing.

    ``by`` None is the system itself (the command), which may load anything; ``seen`` is the digest of the plan that was
    shown. Raises ``sheets.reading.UnreadableError`` and ``Outdated``.
    """
    table = layout.table_of(asking.read(content))
    now = by.now if by else clock.now()
    written: list[ChangeSet] = []
    kept: list[loading.Loading] = []

    def plan(lines: list[Line], faults: list[Fault]) -> Plan:
        known = Organisation.objects.order_by("path")
        if not dry_run:
            known = known.select_for_update(no_key=True)
        root = by.organisation.path if by else None
        kept.append(loading.prepare(lines, faults, known=known, today=now.date(), root=root))
        return kept[0].plan

    def save(plan: Plan) -> None:
        if seen is not None and plan.digest != seen:
            raise Outdated
        with change_set(VERB, by=by, at=now, note=name) as changes:
            _write(changes, plan, kept[0])
            written.append(changes.record)

    with transaction.atomic():
        OrganisationResource(year=now.year).load(table, plan=plan, save=save, dry_run=dry_run)
    return Loaded(kept[0].plan, written[0] if written else None)


def _write(changes: Writer, plan: Plan, prepared: loading.Loading) -> None:
    placing.add(changes, [line.organisation for line in plan.new])
    placing.replace(changes, list(prepared.replaced.values()))
    _write_changed(changes, plan.changed)
    for row, target in prepared.merged:
        row.merged_into = target
    changes.update_all([row for row, _target in prepared.merged], ["merged_into"])
    _write_beside(changes, prepared.beside)


def _write_changed(changes: Writer, lines: list[Line]) -> None:
    columns = {difference.column for line in lines for difference in line.changes}
    wanted: set[str] = set()
    for column in columns - _NOT_OF_THE_ROW:
        wanted.update(_COLUMNS_WRITTEN.get(column, (column,)))
    if "parent_code" in wanted:
        wanted = wanted - {"parent_code"} | {"external_parent_code"}
    if not wanted:
        return
    for line in lines:
        if line.renamed_from:
            line.organisation.initials = pinyin.initials(line.organisation.name)
    changes.update_all([line.organisation for line in lines], sorted(wanted))


def _write_beside(changes: Writer, rows: Sequence[models.Model]) -> None:
    for model, columns in _BESIDE.items():
        of_model: list[Any] = [row for row in rows if isinstance(row, model)]
        for row in of_model:
            row.organisation = row.organisation  # its key is known now
        changes.create_all([row for row in of_model if row.pk is None])
        changes.update_all([row for row in of_model if row.pk is not None], columns)

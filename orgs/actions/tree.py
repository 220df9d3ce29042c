"""Placing organisations in the tree: path, depth, township and initials follow from the parent."""

from collections.abc import Sequence

from django.db.models import F, Max
from django.db.models.functions import Substr

from orgs import names, paths
from orgs.models import Organisation
from orgs.rules import OPERATING
from records.changes import Writer


def add(changes: Writer, rows: Sequence[Organisation]) -> None:
    """Insert organisations in any order; each row's ``parent`` is stored already or one of the rows."""
    steps = paths.steps_after(_highest_step())
    waiting = list(rows)
    new = {id(row) for row in rows}
    while waiting:
        level = [row for row in waiting if row.parent is None or id(row.parent) not in new]
        for row in level:
            _place(row, next(steps))
        changes.create_all(level)
        operating = [row for row in level if row.kind in OPERATING]
        for row in operating:
            row.township = row
        changes.update_all(operating, ["township"])
        new -= {id(row) for row in level}
        waiting = [row for row in waiting if id(row) in new]


def _place(row: Organisation, step: str) -> None:
    parent = row.parent
    row.parent = parent  # its key is known now
    row.path = (parent.path if parent else "") + step
    row.depth = parent.depth + 1 if parent else 0
    row.township = None if row.kind in OPERATING or parent is None else parent.township
    row.initials = names.initials(row.name)


def _highest_step() -> int:
    """The highest step in use; a step is never used twice while its path stands."""
    last_step = Substr("path", F("depth") * paths.PATH_STEP + 1)
    highest = Organisation.objects.aggregate(highest=Max(last_step))["highest"]
    return paths.number(highest) if highest else 0

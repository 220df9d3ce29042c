"""Placing organisations in the tree: path, depth, township and initials follow from the parent."""

from collections.abc import Sequence

from django.db.models import F, Max, Q
from django.db.models.functions import Substr

from naming import pinyin
from orgs import paths
from orgs.models import Organisation
from orgs.rules import OPERATING
from records.changes import Writer
from records.inserting import BATCH

MANY = 20  # moved at once: one look at the whole tree is then cheaper than so many ranges


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
        _operate_themselves(changes, [row for row in level if row.kind in OPERATING])
        new -= {id(row) for row in level}
        waiting = [row for row in waiting if id(row) in new]


def _operate_themselves(changes: Writer, rows: Sequence[Organisation]) -> None:
    """A township is its own township, which can only be said once it has its key."""
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        Organisation.objects.filter(pk__in=[row.pk for row in batch]).update(township=F("pk"))
        for row in batch:
            row.township = row
            changes.note(row, {"township_id": None}, {"township_id": row.pk})


def replace(changes: Writer, rows: Sequence[Organisation]) -> None:
    """Hang stored organisations below the ``parent`` each now names, with all that stands below them.

    Each keeps its own step, which no other path ends in; path, depth and township follow for the whole subtree.
    """
    if not rows:
        return
    inside = Q()
    for row in rows:
        inside |= paths.within(row.path)
    subtrees = Organisation.objects.filter(inside) if len(rows) <= MANY else Organisation.objects.all()
    below = {row.pk: row for row in subtrees.order_by("path")}
    moved = {row.pk: row for row in rows}
    for key, row in moved.items():
        row.parent = row.parent  # its key is known now
        below[key].parent, below[key].kind = row.parent, row.kind
        below[key].external_parent_code = row.external_parent_code
    placed: dict[int, Organisation] = {}
    for row in below.values():
        _place_again(row, below, placed)
    changes.update_all(list(below.values()), ["parent", "external_parent_code", "path", "depth", "township"])
    for key, row in moved.items():
        row.path, row.depth, row.township = below[key].path, below[key].depth, below[key].township
        row.version = below[key].version


def _place_again(row: Organisation, below: dict[int, Organisation], placed: dict[int, Organisation]) -> None:
    """Place a row after what stands above it."""
    if row.pk in placed:
        return
    placed[row.pk] = row
    parent = below.get(row.parent_id) if row.parent_id else None
    if parent is not None:
        _place_again(parent, below, placed)
    else:
        parent = row.parent
    row.path = (parent.path if parent else "") + row.path[-paths.PATH_STEP :]
    row.depth = parent.depth + 1 if parent else 0
    row.township = row if row.kind in OPERATING else parent.township if parent else None


def _place(row: Organisation, step: str) -> None:
    parent = row.parent
    row.parent = parent  # its key is known now
    row.path = (parent.path if parent else "") + step
    row.depth = parent.depth + 1 if parent else 0
    row.township = None if row.kind in OPERATING or parent is None else parent.township
    row.initials = pinyin.initials(row.name)


def _highest_step() -> int:
    """The highest step in use; a step is never used twice while its path stands.

    The first root is locked meanwhile, so that two people never take the same step.
    """
    Organisation.objects.select_for_update(no_key=True).filter(depth=0).order_by("pk").first()
    last_step = Substr("path", F("depth") * paths.PATH_STEP + 1)
    highest = Organisation.objects.aggregate(highest=Max(last_step))["highest"]
    return paths.number(highest) if highest else 0

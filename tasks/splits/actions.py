"""A figure split over those below: the county's over townships, a township's over its villages."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import Role
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet
from reminders import pushes
from reminders.rules.kinds import Kind as Message
from tasks import permissions
from tasks.audience import Audience
from tasks.facts import actions as facts
from tasks.giving import actions as giving
from tasks.giving.effects import Effect, require_shown
from tasks.giving.withdraw_actions import FRESH, Withdraw
from tasks.lights import stored
from tasks.models import Assignment, Entry, Milestone, Task
from tasks.refusals import StepRefused
from tasks.rules import quotas
from tasks.rules.percents import percent_of_value
from tasks.rules.quotas import CENT
from tasks.rules.status import EntryKind, Status, TaskStatus
from tasks.splits import reading

TARGET_COLUMNS = ["target", "percent", "near_from", "behind_from", "internal_due_on"]


@dataclass(frozen=True)
class Wanted:
    """What one organisation is to owe, and by when the township wants it of its village."""

    share: Decimal | None
    own_date: datetime.date | None = None

    def __post_init__(self) -> None:
        """Two decimals, as the column holds them: the history compares what is written with what stands."""
        if self.share is not None:
            object.__setattr__(self, "share", self.share.quantize(CENT))


@transaction.atomic
def split_task(
    task: Task,
    shares: Mapping[int, Decimal | None],
    *,
    by: Actor,
    target: Decimal,
    reason: str = "",
    note: str = "",
    expected: int | None = None,
    confirmed: str | None = None,
) -> ChangeSet:
    """Split the county's figure over whoever has the task (by key), of a draft over its recipients.

    On a draft the shares wait until it is issued, and nobody is put in or out, except that a draft without recipients
    is for whoever gets a share. Afterwards the assignments change: None takes out whoever had a share, and a township
    whose own split no longer adds up is told. Raises ``StepRefused`` for a difference without ``reason`` and for a
    share of somebody else, ``effects.NotShown`` when it would take out others than ``confirmed``,
    ``PermissionDenied``, ``records.changes.Conflict``.
    """
    require(permissions.may_split_task(by, task))
    target = target.quantize(CENT)
    shares = {key: None if share is None else share.quantize(CENT) for key, share in shares.items()}
    kept = {key: share for key, share in shares.items() if share is not None}
    _require_chosen(task, kept, by)
    explained = _explained(target, kept.values(), reason)
    if task.status == TaskStatus.DRAFT:
        with change_set("tasks.split", by=by, note=task.title) as changes:
            changes.update(task, expected=expected, target=target, **explained, **_planned(task, kept))
        return changes.record
    if not note.strip():
        raise StepRefused(_("It has been issued: say why the figures change, the townships read it."), "note")
    with change_set("tasks.quota", by=by, note=note) as changes:
        shares_now = {str(key): str(share) for key, share in kept.items()}
        changes.update(task, expected=expected, target=target, shares=shares_now, **explained)
        held = {row.organisation_id: row for row in _rows(reading.counted(task))}
        before = {key: row.target for key, row in held.items()}
        _write(changes, task, held, {key: Wanted(share) for key, share in shares.items()}, by, note, confirmed)
        _tell(changes, [row for key, row in held.items() if row.target != before[key]], before, by, note)
    return changes.record


def _require_chosen(task: Task, kept: Mapping[int, Decimal], by: Actor) -> None:
    """A split decides how much, never who: a share goes to nobody who is no recipient."""
    strange = Organisation.objects.filter(pk__in=set(kept) - set(reading.chosen(task, by).values_list("pk", flat=True)))
    for place in strange.order_by("path"):
        text = _("%(name)s does not get this task: choose it as a recipient first, then give it a share.")
        raise StepRefused(text % {"name": place}, f"share-{place.pk}")


def _planned(task: Task, kept: Mapping[int, Decimal]) -> dict[str, Any]:
    """The shares as the draft keeps them; where nobody was chosen to get it, also those who get it: just them."""
    planned: dict[str, Any] = {}
    if not Audience.from_json(task.audience):
        kept = {key: share for key, share in kept.items() if share > 0}
        planned["audience"] = Audience(picked=tuple(kept)).to_json()
    return planned | {"shares": {str(key): str(share) for key, share in kept.items()}}


def _explained(target: Decimal | None, shares: Any, reason: str) -> dict[str, Any]:
    """The reason for a difference, by column. Raises ``StepRefused`` while there is none."""
    gap = quotas.total(shares) - (target or Decimal(0))
    if not gap:
        return {"difference_reason": "", "difference_explained": None}
    if not reason.strip():
        words = {"target": quotas.shown(target), "split": quotas.shown((target or Decimal(0)) + gap)}
        words["gap"] = quotas.shown(abs(gap))
        text = (
            _("Set %(target)s, split %(split)s: %(gap)s still to be split. Split it, or say why not.")
            if gap < 0
            else _("Set %(target)s, split %(split)s: %(gap)s too much. Take it away, or say why.")
        )
        raise StepRefused(text % words, "reason")
    return {"difference_reason": reason.strip()[:300], "difference_explained": gap}


@transaction.atomic
def split_assignment(
    assignment: Assignment,
    wanted: Mapping[int, Wanted],
    *,
    by: Actor,
    reason: str = "",
    expected: int | None = None,
    confirmed: str | None = None,
) -> ChangeSet:
    """Split a township's figure over those below it (by key), each a part with its own assignment.

    Who has no share any more and has reported nothing is withdrawn. Raises ``StepRefused``, ``PermissionDenied``,
    ``records.changes.Conflict``, and ``effects.NotShown`` when it would withdraw or issue others than ``confirmed``.
    """
    require(permissions.may_split(by, assignment))
    explained = _explained(assignment.target, [each.share for each in wanted.values()], reason)
    with change_set("tasks.split", by=by, note=assignment.task.title) as changes:
        changes.update(assignment, expected=expected, **explained)
        held = {row.organisation_id: row for row in _rows(assignment.parts.in_force())}
        _write(changes, assignment.task, held, wanted, by, "", confirmed, above=assignment)
        if Assignment.objects.filter(above=assignment, value__isnull=False).in_force().exists():
            facts.roll_up_to(changes, {assignment.pk})
    return changes.record


def _rows(rows: Any) -> list[Assignment]:
    return list(rows.select_related("task", "organisation").select_for_update(of=("self",)))


def _write(
    changes: Writer,
    task: Task,
    held: Mapping[int, Assignment],
    wanted: Mapping[int, Wanted],
    by: Actor,
    note: str,
    confirmed: str | None,
    above: Assignment | None = None,
) -> None:
    """Bring the assignments to what is wanted: changed, newly given, or withdrawn. Raises ``effects.NotShown``."""
    fresh = {key: each for key, each in wanted.items() if key not in held and each.share}
    out = {key for key, row in held.items() if key in wanted and wanted[key].share is None and row.target is not None}
    gone = [held[key] for key in out]
    _require_idle(gone)
    require_shown(Effect(frozenset(out), frozenset(fresh)), confirmed)
    changes.update_all(_changed(held, wanted, above), TARGET_COLUMNS)
    if gone:
        Withdraw(note or _("No share any more in the split.")).write(changes, gone, by)
    _give(changes, task, fresh, by, above)


def _changed(
    held: Mapping[int, Assignment], wanted: Mapping[int, Wanted], above: Assignment | None
) -> list[Assignment]:
    """The assignments whose share or own date changes, with what follows from it; one without either stays."""
    everywhere = stored.Everywhere()
    changed = list[Assignment]()
    for key, row in held.items():
        if key not in wanted or wanted[key].share is None:
            continue
        share, own = wanted[key].share, wanted[key].own_date
        if (share, own if above else row.internal_due_on) != (row.target, row.internal_due_on):
            _require_movable(row, share)
            row.target = share
            row.internal_due_on = own if above else row.internal_due_on
            _require_early(row)
            if row.status != Status.CLOSED:
                row.percent = percent_of_value(row.value, share)
                row.put_days(everywhere.at(row.organisation.path))
            changed.append(row)
    return changed


def _require_movable(row: Assignment, share: Decimal | None) -> None:
    if row.status == Status.CLOSED and share != row.target:
        text = _("%(name)s has closed it out; reopen it before its share changes.")
        raise StepRefused(text % {"name": row.organisation}, f"share-{row.organisation_id}")


def _require_early(row: Assignment) -> None:
    if row.internal_due_on and row.internal_due_on > row.due_on:
        text = _("%(name)s: its own date is later than %(day)s, when the county wants it.")
        words = {"name": row.organisation, "day": row.due_on.isoformat()}
        raise StepRefused(text % words, f"own-{row.organisation_id}")


def _require_idle(rows: Sequence[Assignment]) -> None:
    """What was reported or split on is not thrown away with a share."""
    for row in rows:
        words = {"name": row.organisation, "value": quotas.shown(row.value)}
        if row.status == Status.CLOSED or row.value is not None:
            text = _("%(name)s has reported %(value)s already: leave it a share, or withdraw it on its own page.")
            raise StepRefused(text % words, f"share-{row.organisation_id}")
        if row.parts.in_force().exists():
            text = _("%(name)s has split it on already: leave it a share, or withdraw it on its own page.")
            raise StepRefused(text % words, f"share-{row.organisation_id}")


def _give(
    changes: Writer, task: Task, fresh: Mapping[int, Wanted], by: Actor, above: Assignment | None
) -> list[Assignment]:
    """Give it to organisations that have none of it in force; a withdrawn one is taken up again."""
    rows = [_fresh(task, organisation, fresh[organisation.pk], by, above) for organisation in _places(fresh)]
    for row in rows:
        _require_early(row)
    old = {row.organisation_id: row for row in task.assignments.filter(organisation__in=list(fresh))}
    again = [row for row in rows if row.organisation_id in old]
    for row in again:
        stands = old[row.organisation_id]
        if stands.status != Status.WITHDRAWN:
            text = _("%(name)s has this task from somewhere else already; it is owed once.")
            raise StepRefused(text % {"name": row.organisation}, f"share-{row.organisation_id}")
        for name in FRESH:
            setattr(stands, name, getattr(row, name))
    changes.update_all([old[row.organisation_id] for row in again], FRESH)
    new = changes.create_all([row for row in rows if row.organisation_id not in old])
    changes.create_all(_milestones(task, new, by))
    return new


def _places(fresh: Mapping[int, Wanted]) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=list(fresh)).order_by("path"))


def _fresh(task: Task, organisation: Organisation, wanted: Wanted, by: Actor, above: Assignment | None) -> Assignment:
    dates: dict[str, Any] = {"due_on": task.due_on}
    if above is not None:  # a part keeps the dates of what it was split from
        names = ("due_on", "original_due_on", "counted_due_on")
        dates = {name: getattr(above, name) for name in names}
    own = wanted.own_date if above else None
    return Assignment.given(
        task=task,
        on=by.on,
        organisation=organisation,
        target=wanted.share,
        above=above,
        internal_due_on=own,
        variant=task.variant,
        numbers=stored.numbers_of(by.county),
        **dates,
    )


def _milestones(task: Task, rows: Sequence[Assignment], by: Actor) -> list[Milestone]:
    planned = giving.stages_of(task, by.on, task.variant)
    return [giving.copied(stage, row) for row in rows for stage in planned]


def _tell(
    changes: Writer, rows: Sequence[Assignment], before: Mapping[int, Decimal | None], by: Actor, note: str
) -> None:
    """Write on each changed assignment what changed, and tell a township whose own split no longer adds up."""
    faults = {
        row.pk: [d for d in quotas.quota_differences(split) if d.fault == quotas.Fault.SHARES and not d.is_explained]
        for row, split in reading.splits_of(rows)
    }
    entries = []
    for row in rows:
        text = _("The county changed the share from %(old)s to %(new)s %(unit)s: %(note)s") % {
            "old": quotas.shown(before[row.organisation_id]),
            "new": quotas.shown(row.target),
            "unit": row.task.unit,
            "note": note,
        }
        for fault in faults.get(row.pk, ()):
            text += " " + _("The split below no longer adds up. %(words)s") % {
                "words": quotas.in_words(fault, row.task.unit)
            }
            pushes.push(
                Message.URGE,
                {row.organisation_id: {Role.TOWNSHIP_ORGANISER}},
                title=text,
                url=row.get_absolute_url(),
                key=f"quota:{row.pk}:{changes.record.pk}",
                at=by.now,
            )
        entries.append(
            Entry(assignment=row, kind=EntryKind.REMARK, text=text[:2000], user=by.user, post=by.post, at=by.now)
        )
    changes.create_all(entries)

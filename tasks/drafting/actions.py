"""A task: drafting and issuing."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dates import bounds
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet
from tasks import audience, permissions
from tasks.drafting import plan_actions, readiness
from tasks.drafting.planning import Planned
from tasks.facts import actions as facts
from tasks.giving import actions as giving
from tasks.giving import withdraw_actions
from tasks.giving.effects import Effect, require_shown
from tasks.lights import stored
from tasks.models import Task, TaskUnit
from tasks.refusals import AnswersMissing, StepRefused
from tasks.rules.status import Shape, TaskStatus
from tasks.uploads.kept import Upload, keep

NAMED = 3  # of those with a share that would not get it


@transaction.atomic
def save_draft(
    task: Task | None,
    *,
    by: Actor,
    values: Mapping[str, Any],
    expected: int | None = None,
    leads: Iterable[Organisation] | None = None,
    assists: Iterable[Organisation] | None = None,
    source_upload: Upload | None = None,
    plan: Sequence[Planned] | None = None,
    remove_source: bool = False,
) -> Task:
    """Keep a new draft (``task`` None) or write to one: ``values`` are fields of the task by name.

    ``audience`` among the values may be an ``Audience``; ``leads`` and ``assists`` None leave the departments as they
    are, ``plan`` None the milestones; ``remove_source`` takes the file of the source away unless another comes in its
    place. Raises ``PermissionDenied``, ``records.changes.Conflict``, and ``ValidationError`` for a file not accepted.
    """
    values = dict(values)
    if isinstance(values.get("audience"), audience.Audience):
        values["audience"] = values["audience"].to_json()
    if remove_source:
        values |= {"source_file": None, "source_file_name": ""}
    if source_upload is not None:
        values["source_file"], values["source_file_name"] = keep(source_upload)
    with change_set("tasks.draft", by=by) as changes:
        if task is None:
            require(permissions.may_issue_in(by, values["theme"]))
            values["year"] = values.get("year") or (values.get("due_on") or by.on).year
            task = changes.create(Task(organisation=by.organisation, keeper=by.post, **values))
        else:
            require(permissions.may_edit(by, task))
            if "theme" in values:
                require(permissions.may_issue_in(by, values["theme"]))
            changes.update(task, expected=expected, **values)
        if leads is not None or assists is not None:
            _set_units(changes, task, {TaskUnit.Part.LEAD: leads, TaskUnit.Part.ASSIST: assists})
        if plan is not None:
            plan_actions.put(changes, task, plan)
    return task


def _set_units(changes: Writer, task: Task, wanted: Mapping[str, Iterable[Organisation] | None]) -> None:
    """Make the departments of each part those wanted; a part whose wish is None stays."""
    parts: dict[int, str] = {}
    for part, departments in wanted.items():
        for department in departments or ():
            parts.setdefault(department.pk, part)
    for unit in list(task.units.all()):
        if parts.get(unit.organisation_id) == unit.part:
            del parts[unit.organisation_id]
        elif wanted[unit.part] is not None or unit.organisation_id in parts:
            changes.delete(unit)
    changes.create_all([TaskUnit(task=task, organisation_id=key, part=part) for key, part in parts.items()])


@transaction.atomic
def discard(task: Task, *, by: Actor) -> ChangeSet:
    """Throw a draft away; the history keeps it and undo brings it back. Raises ``PermissionDenied``."""
    require(permissions.may_edit(by, task))
    with change_set("tasks.discard", by=by, note=task.title) as changes:
        for row in [*task.units.all(), *task.milestones.all()]:
            changes.delete(row)
        for copy in task.copies.all():
            changes.update(copy, copied_from=None)
        changes.delete(task)
    return changes.record


@transaction.atomic
def issue(
    task: Task,
    *,
    by: Actor,
    expected: int | None = None,
    chosen: audience.Audience | None = None,
    confirmed: str | None = None,
) -> ChangeSet:
    """Give the task to its audience: one assignment for each organisation that has none of it yet.

    An issued task is issued once more to further organisations, and what was withdrawn is taken up again; ``chosen``
    replaces the audience in the same change set. Raises ``AnswersMissing`` or ``StepRefused`` when it cannot be
    issued, ``effects.NotShown`` when others would get it than ``confirmed``, ``PermissionDenied``, and
    ``records.changes.Conflict`` when the task was changed since ``expected``.
    """
    numbers = stored.numbers_of(by.county)
    with change_set("tasks.issue", by=by, note=task.title) as changes:
        give_out(changes, task, by=by, numbers=numbers, expected=expected, chosen=chosen, confirmed=confirmed)
    return changes.record


def give_out(
    changes: Writer,
    task: Task,
    *,
    by: Actor,
    numbers: stored.Numbers,
    expected: int | None = None,
    chosen: audience.Audience | None = None,
    confirmed: str | None = None,
) -> int:
    """Issue the task within a change set, a split figure by its shares; how many got it. Raises as ``issue``."""
    require(permissions.may_issue_task(by, task))
    Task.objects.select_for_update().filter(pk=task.pk).first()  # two at once: the second sees what the first gave
    missing = readiness.missing(task)
    if missing or task.due_on is None:
        raise AnswersMissing(missing)
    if out := bounds.fault(task.due_on, on=by.on) or bounds.fault(task.starts_on, on=by.on):
        raise StepRefused(out, "due_on")
    if wrong := readiness.wrong_dates(task):
        raise StepRefused(" ".join(wrong), "stages")
    chosen = chosen or audience.Audience.from_json(task.audience)
    recipients = list(new_recipients(task, chosen, by).values_list("pk", flat=True))
    if not recipients:
        raise StepRefused(_("Nobody new would get it. Choose kinds, classes or organisations first."), "kinds")
    shares = task.kept_shares() if task.shape == Shape.QUANTITY else {}
    if task.status == TaskStatus.DRAFT:
        _require_no_lost_shares(shares, recipients, by)
    require_shown(Effect(issued=frozenset(recipients)), confirmed)
    values: dict[str, Any] = {"audience": chosen.to_json()}
    if task.status != TaskStatus.ISSUED:
        values |= {"status": TaskStatus.ISSUED, "issued_at": task.issued_at or by.now, "withdrawal": ""}
    changes.update(task, expected=expected, **values)
    common: dict[str, Any] = {"on": by.on, "numbers": numbers, "targets": shares}
    again = withdraw_actions.give_again(changes, task, recipients, **common)
    giving.give(changes, task, [key for key in recipients if key not in again], **common)
    if task.shape == Shape.RECURRING and task.figure:
        facts.count_rounds(changes, task.figure, recipients)
    return len(recipients)


def _require_no_lost_shares(shares: Mapping[int, Decimal], recipients: Sequence[int], by: Actor) -> None:
    """A figure that was split over others than get it now is split anew first: a share is never dropped unseen."""
    lost = [key for key in shares if key not in set(recipients)]
    if lost:
        places = Organisation.objects.visible_to(by).filter(pk__in=lost).order_by("path")[:NAMED]
        text = ngettext(
            "The figure is split over %(count)s organisation that would not get it (%(names)s): "
            "look the split over and keep it first.",
            "The figure is split over %(count)s organisations that would not get it (%(names)s): "
            "look the split over and keep it first.",
            len(lost),
        )
        names = "、".join(map(str, places)) + ("…" if len(lost) > NAMED else "")
        raise StepRefused(text % {"count": len(lost), "names": names})


def new_recipients(task: Task, chosen: audience.Audience, by: Actor) -> QuerySet[Organisation]:
    """The organisations of an audience, within the programme's county, that have no assignment of it in force yet."""
    return outside_of(
        task, audience.organisations(chosen, by).filter(paths.within(task.theme.programme.organisation.path))
    )


def outside_of(task: Task, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Those of the organisations that have no assignment of the task, or one that was withdrawn."""
    return rows.exclude(pk__in=task.assignments.in_force().values("organisation")) if task.pk else rows

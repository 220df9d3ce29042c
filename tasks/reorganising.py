"""What a reorganisation means for tasks: open assignments go where the organisation goes, and none is lost.

What counts something is added up where both have it, and a share follows its village to another township; what does
not add up afterwards is named where the split is seen (``tasks.rules.quotas``). Snapshots are never touched: a past day
keeps the township of that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import paths
from orgs.models import Organisation
from orgs.reorganise.cases import Reorganisation, Verb
from records.changes import Writer
from tasks.audience import Audience
from tasks.facts import actions as facts
from tasks.models import Assignment, Task, TaskUnit, Theme
from tasks.rules import quotas
from tasks.rules.status import OPEN, Shape, Status

SHOWN = 10  # titles written out in a preview


def preview(case: Reorganisation) -> list[str]:
    """What happens to open assignments, to shares of a split figure and to the themes the sources lead, in words."""
    if not case.closes:
        return _moving_shares(case)
    sorted_out = sort_out(case)
    words: dict[str, object] = {"target": case.target.name if case.target else ""}
    found = []
    if sorted_out.moving:
        words |= {"count": len(sorted_out.moving), "titles": _titles(sorted_out.moving)}
        line = ngettext(
            "%(count)s open assignment moves to %(target)s: %(titles)s.",
            "%(count)s open assignments move to %(target)s: %(titles)s.",
            len(sorted_out.moving),
        )
        found.append(line % words)
    for assignment, into in sorted_out.adding[:SHOWN]:
        words |= {"title": assignment.task.title, "unit": assignment.task.unit}
        words |= {"share": quotas.shown(assignment.target), "value": quotas.shown(into.target)}
        line = _("“%(title)s”: the share of %(share)s %(unit)s is added to that of %(target)s (%(value)s).")
        found.append(line % words)
    if sorted_out.adding:
        words["count"] = len(sorted_out.adding)
        line = ngettext(
            "%(count)s assignment added like this is withdrawn at the closed organisation.",
            "%(count)s assignments added like this are withdrawn at the closed organisations.",
            len(sorted_out.adding),
        )
        found.append(line % words)
    for assignment in sorted_out.staying[:SHOWN]:
        words |= {"name": assignment.organisation.name, "title": assignment.task.title}
        if case.verb == Verb.MERGE:
            found.append(_("“%(title)s”: %(target)s has this task too, so it stays with the closed %(name)s.") % words)
        else:
            found.append(_("“%(title)s” is still open and stays with the closed %(name)s.") % words)
    if len(sorted_out.staying) > SHOWN:
        found.append(_("%(count)s more open assignments stay as well.") % {"count": len(sorted_out.staying) - SHOWN})
    return [*found, *_theme_lines(case)]


def _moving_shares(case: Reorganisation) -> list[str]:
    """The shares that leave a split with the organisations that move below another township."""
    if case.target is None or case.verb not in {Verb.MOVE, Verb.SPLIT}:
        return []
    inside = Q(organisation__in=case.children)
    if case.verb == Verb.MOVE:
        inside = paths.within(case.source.path, "organisation")
    parts = Assignment.objects.filter(inside, above__isnull=False, task__shape=Shape.QUANTITY).in_force()
    lines: list[str] = []
    more = 0
    for part in parts.select_related("task", "organisation", "above__organisation").order_by("pk"):
        above = part.above
        assert above is not None  # asked for
        if case.target.path and above.organisation.contains(case.target):
            continue
        if len(lines) == SHOWN:
            more += 1
            continue
        words = {"title": part.task.title, "name": part.organisation.name, "old": above.organisation.name}
        words |= {"share": quotas.shown(part.target), "unit": part.task.unit, "target": case.target.name}
        lines.append(
            _(
                "“%(title)s”: the share of %(name)s, %(share)s %(unit)s, leaves the split of %(old)s and goes along to "
                "%(target)s if that has the task; both splits are to be put right."
            )
            % words
        )
    return [*lines, *([_("%(count)s more shares go along as well.") % {"count": more}] if more else [])]


def _titles(assignments: list[Assignment]) -> str:
    titles = _(", ").join(f"{a.organisation.name} – {a.task.title}" for a in assignments[:SHOWN])
    more = len(assignments) - SHOWN
    return _("%(titles)s and %(count)s more") % {"titles": titles, "count": more} if more > 0 else titles


def _theme_lines(case: Reorganisation) -> list[str]:
    lines = []
    for theme in Theme.objects.filter(lead__in=case.sources).select_related("lead"):
        words = {"theme": theme.name, "name": theme.lead.name if theme.lead else ""}
        if case.verb == Verb.MERGE and case.target is not None:
            lines.append(
                _("%(target)s leads the theme “%(theme)s” from then on.") % {**words, "target": case.target.name}
            )
        else:
            lines.append(_("%(name)s leads the theme “%(theme)s”; choose who leads it now.") % words)
    return lines


@dataclass
class SortedOut:
    """The sources' open assignments: those that go to the target, those added to what it owes, those that stay."""

    moving: list[Assignment] = field(default_factory=list)
    adding: list[tuple[Assignment, Assignment]] = field(default_factory=list)
    staying: list[Assignment] = field(default_factory=list)


def sort_out(case: Reorganisation) -> SortedOut:
    """What becomes of the sources' open assignments.

    One task is owed once by one organisation: where the target has it already, what counts something is added to it
    while that is open, and anything else stays where it is.
    """
    rows = Assignment.objects.open().filter(organisation__in=case.sources).select_related("task", "organisation")
    rows = rows.order_by("organisation__code", "due_on", "pk")
    if case.verb != Verb.MERGE or case.target is None:
        return SortedOut(staying=list(rows))
    target, found = case.target, SortedOut()
    held: dict[int, Assignment] = {}
    if target.pk:
        theirs = Assignment.objects.filter(organisation=target).select_related("task", "organisation")
        held = {row.task_id: row for row in theirs}
    for row in rows:
        into = held.get(row.task_id)
        if into is None:
            found.moving.append(row)
            held[row.task_id] = row
        elif row.task.shape == Shape.QUANTITY and into.status in OPEN:
            found.adding.append((row, into))
        else:
            found.staying.append(row)
    return found


def apply(case: Reorganisation, changes: Writer) -> None:
    """Do what ``sort_out`` says, let shares follow their organisations, and hand on what a merged department has."""
    above = set[int]()
    if case.verb == Verb.MERGE and case.target is not None:
        sorted_out = sort_out(case)
        for row in sorted_out.moving:
            row.organisation = case.target
        changes.update_all(sorted_out.moving, ["organisation"])
        above |= _add(changes, sorted_out.adding)
        _hand_on_themes(changes, case)
        _hand_on_parts(changes, case)
        _hand_on_shares(changes, case)
    above |= _follow(changes, case)
    facts.roll_up_to(changes, above)


def _add(changes: Writer, pairs: list[tuple[Assignment, Assignment]]) -> set[int]:
    """Add targets and figures; what was added is withdrawn, so that nothing counts twice.

    Gives the splits whose sums follow, by key; where a figure of one's own was added to a sum, both stay added and the
    difference is named.
    """
    own = _with_own_figure([row for pair in pairs for row in pair])
    for row, into in pairs:
        into.target, into.value = _sum(into.target, row.target), _sum(into.value, row.value)
        if into.reported_on is None or (row.reported_on and row.reported_on > into.reported_on):
            into.reported_on = row.reported_on
        row.status = Status.WITHDRAWN
        row.withdrawal = _("Merged into %(name)s: its share is counted there.") % {"name": into.organisation.name}
        row.requested_on, row.requested_by = None, None
    gone, kept = [row for row, _into in pairs], list({into.pk: into for _row, into in pairs}.values())
    changes.update_all(kept, ["target", "value", "reported_on"])
    changes.update_all(gone, ["status", "withdrawal", "requested_on", "requested_by"])
    after = {row.pk: into for row, into in pairs}
    parts = list(Assignment.objects.filter(above__in=list(after)))
    for part in parts:
        part.above = after[part.above_id or 0]
    changes.update_all(parts, ["above"])
    facts.recount(changes, kept)
    above = {row.above_id for pair in pairs for row in pair if row.above_id and pair[0].value is not None}
    mixed = {into.pk for row, into in pairs if {row.pk, into.pk} & own}
    return above | ({into.pk for into in kept if into.pk in _reported_above(kept)} - mixed)


def _reported_above(rows: Iterable[Assignment]) -> set[int]:
    """Which of the rows were split into parts that have reported."""
    parts = Assignment.objects.filter(above__in=[row.pk for row in rows], value__isnull=False).in_force()
    return {key for key in parts.order_by().values_list("above_id", flat=True) if key}


def _with_own_figure(rows: Sequence[Assignment]) -> set[int]:
    """Which of the rows have a figure that is not the sum of parts: it is not to be summed away."""
    summed = _reported_above(rows)
    return {row.pk for row in rows if row.value is not None and row.pk not in summed}


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other


def _follow(changes: Writer, case: Reorganisation) -> set[int]:
    """Let a share go along with its organisation to the township it stands below now, if that has the task.

    Where it has not, the share stays in the old split, which names it. The splits it left and came to, by key.
    """
    inside = Q(organisation__in=[row.pk for row in case.sources])
    for place in (*case.sources, *([case.target] if case.target else [])):
        inside |= paths.within(Organisation.objects.get(pk=place.pk).path, "organisation")
    parts = Assignment.objects.filter(inside, above__isnull=False).in_force()
    strays = [
        part
        for part in parts.select_related("organisation", "above__organisation")
        if part.above is not None and not part.above.organisation.contains(part.organisation)
    ]
    if not strays:
        return set()
    townships = {part.organisation.township_id for part in strays}
    rows = Assignment.objects.in_force().filter(task__in={part.task_id for part in strays}, organisation__in=townships)
    now = {(row.task_id, row.organisation_id): row for row in rows}
    own = _with_own_figure(list(now.values()))
    moved, touched = list[Assignment](), set[int]()
    for part in strays:
        into = now.get((part.task_id, part.organisation.township_id or 0))
        if into is not None and into.pk != part.pk:
            if part.value is not None:
                touched |= {part.above_id or 0, into.pk} - own
            part.above = into
            moved.append(part)
    changes.update_all(moved, ["above"])
    return touched


def _hand_on_themes(changes: Writer, case: Reorganisation) -> None:
    """The themes a merged department leads."""
    themes = list(Theme.objects.filter(lead__in=case.sources))
    for theme in themes:
        theme.lead = case.target
    changes.update_all(themes, ["lead"])


def _hand_on_parts(changes: Writer, case: Reorganisation) -> None:
    """A merged department's parts in tasks; where the target has one already, leading beats assisting."""
    assert case.target is not None  # a merger has one
    theirs = {unit.task_id: unit for unit in TaskUnit.objects.filter(organisation=case.target)}
    for unit in TaskUnit.objects.filter(organisation__in=case.sources).order_by("pk"):
        standing = theirs.get(unit.task_id)
        if standing is None:
            theirs[unit.task_id] = changes.update(unit, organisation=case.target)
            continue
        part = unit.part
        changes.delete(unit)
        if part == TaskUnit.Part.LEAD and standing.part != part:
            changes.update(standing, part=part)


def _hand_on_shares(changes: Writer, case: Reorganisation) -> None:
    """The sources' shares and places in what is issued with them, now or again."""
    assert case.target is not None  # a merger has one
    gone, place = {row.pk for row in case.sources}, case.target.pk
    for task in Task.objects.filter(shape=Shape.QUANTITY).exclude(shares={}):
        shares = task.kept_shares()
        if not gone & set(shares):
            continue
        shares[place] = sum((shares.pop(key) for key in gone & set(shares)), shares.get(place, Decimal(0)))
        kept = Audience.from_json(task.audience)
        picked = tuple(dict.fromkeys(place if key in gone else key for key in kept.picked))
        audience = replace(kept, picked=picked).to_json()
        changes.update(task, shares={str(key): str(share) for key, share in shares.items()}, audience=audience)

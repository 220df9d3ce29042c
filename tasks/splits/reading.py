"""Splits as they stand in the database: the lines of a page, and every difference of many splits in few queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import OPERATING, VILLAGE_LEVEL, Kind
from sheets.units import ratio
from tasks.audience import Audience, organisations
from tasks.models import Assignment, Task
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules import quotas
from tasks.rules.percents import percent_of_value
from tasks.rules.quotas import Share, Split
from tasks.rules.status import Shape, Status, TaskStatus

STEP = 500


@dataclass
class Line:
    """One organisation a figure is or may be split over.

    ``share`` is what stands now; ``below`` the sum of what it split on itself, None where it did not; ``weight`` the
    villages in it, 1 for a village; ``held`` says why it cannot have a share, where it cannot; ``group`` is the
    township it stands below, where it does. ``is_closed``: it still has what it owed, and is proposed nothing more.
    """

    organisation: Organisation
    share: Decimal | None = None
    assignment: Assignment | None = None
    weight: int = 0
    last_year: Decimal | None = None
    below: Decimal | None = None
    held: str = ""
    group: Organisation | None = None
    is_closed: bool = False

    @property
    def splits_on(self) -> bool:
        """Whether it has split its share on."""
        return self.below is not None


def counted(task: Task) -> AssignmentQuerySet:
    """What the county gave of a task and counts: neither withdrawn nor a part of another's."""
    return Assignment.objects.filter(task=task).of_the_county().in_force()


def chosen(task: Task, actor: Actor) -> QuerySet[Organisation]:
    """Who a county figure is split over: whoever has the task, of a draft its recipients.

    Of a draft without recipients it is the townships and working committees that may become them.
    """
    county = task.theme.programme.organisation
    if task.status != TaskStatus.DRAFT:
        return Organisation.objects.filter(pk__in=counted(task).values("organisation"))
    audience = Audience.from_json(task.audience)
    if not audience:
        return Organisation.objects.within(county).operating().open_on(actor.on)
    return organisations(audience, actor).filter(paths.within(county.path))


def below(organisation: Organisation, actor: Actor) -> QuerySet[Organisation]:
    """What a township splits over: its villages and communities, a working committee everything below it."""
    rows = Organisation.objects.within(organisation).exclude(pk=organisation.pk).open_on(actor.on)
    if organisation.kind == Kind.TOWNSHIP:
        rows = rows.filter(kind__in=VILLAGE_LEVEL)
    return rows.exclude(kind__in=OPERATING).order_by("path")


def lines_of_task(task: Task, actor: Actor) -> list[Line]:
    """Whoever the county's figure is split over, township by township; of a draft also who has a share besides,
    without being a recipient any more.
    """
    rows = {row.organisation_id: row for row in counted(task)}
    is_draft = task.status == TaskStatus.DRAFT
    shares = task.kept_shares() if is_draft else {key: row.target for key, row in rows.items()}
    recipients = set(chosen(task, actor).values_list("pk", flat=True))
    keys = recipients | set(shares)
    found = list(Organisation.objects.filter(pk__in=keys).select_related("township"))
    villages, last, split_on = _villages(keys, actor), _last_year(task, keys), _split_on(rows.values())
    lines = []
    for organisation in sorted(found, key=_place):
        key, row = organisation.pk, rows.get(organisation.pk)
        weight = 1 if organisation.kind in VILLAGE_LEVEL else villages.get(key, 0)
        below = split_on.get(row.pk) if row else None
        line = Line(organisation, shares.get(key), row, weight, last.get(key), below, group=_group(organisation))
        line.is_closed = _is_closed(organisation, actor)
        if is_draft and key not in recipients:
            line.held = "left"
        lines.append(line)
    return lines


def _is_closed(organisation: Organisation, actor: Actor) -> bool:
    return organisation.closed_on is not None and organisation.closed_on <= actor.on


def _group(organisation: Organisation) -> Organisation | None:
    return organisation.township if organisation.township_id != organisation.pk else None


def _place(organisation: Organisation) -> tuple[bool, int, str, bool, str]:
    """The order of a page: by township, the township itself before what stands below it."""
    first = organisation.township or organisation
    below = organisation.township_id is not None
    return (not below, first.depth, first.code, organisation != first, organisation.path)


def _villages(keys: Collection[int], actor: Actor) -> dict[int, int]:
    """How many villages and communities each township has."""
    rows = Organisation.objects.filter(township__in=keys, kind__in=VILLAGE_LEVEL).open_on(actor.on).order_by()
    return dict(rows.values_list("township").annotate(n=Count("pk")))


def lines_of_assignment(assignment: Assignment, actor: Actor) -> list[Line]:
    """What stands below a township with its shares of the township's figure, and whoever else has one."""
    held = {
        row.organisation_id: row
        for row in Assignment.objects.filter(task=assignment.task).in_force().select_related("organisation")
        if row.above_id == assignment.pk or row.above_id is None
    }
    parts = {key: row for key, row in held.items() if row.above_id == assignment.pk}
    wanted = Q(pk__in=below(assignment.organisation, actor)) | Q(pk__in=list(parts))
    places = list(Organisation.objects.filter(wanted).order_by("path"))
    last = _last_year(assignment.task, [place.pk for place in places])
    found = []
    for organisation in places:
        part = parts.get(organisation.pk)
        line = Line(organisation, part.target if part else None, part, 1, last.get(organisation.pk))
        line.is_closed = _is_closed(organisation, actor)
        if part is None and organisation.pk in held:
            line.held = "county"
        found.append(line)
    return found


def _last_year(task: Task, organisations: Collection[int]) -> dict[int, Decimal]:
    """What organisations owed of the task that this one was copied from."""
    if task.copied_from_id is None:
        return {}
    rows = Assignment.objects.filter(task=task.copied_from_id, organisation__in=organisations).in_force()
    rows = rows.filter(target__isnull=False).order_by()
    found = {}
    for key, target, unit in rows.values_list("organisation_id", "target", "task__unit"):
        times = ratio(unit, task.unit)
        if times and target is not None:  # for the type checker
            found[key] = (target * times).quantize(quotas.CENT)
    return found


def _split_on(rows: Iterable[Assignment]) -> dict[int, Decimal]:
    """What assignments were split into, summed; those never split are missing."""
    parts = Assignment.objects.filter(above__in=[row.pk for row in rows]).order_by()
    sums = parts.values_list("above").annotate(total=Sum("target", filter=~Q(status=Status.WITHDRAWN)))
    return {key: total or Decimal(0) for key, total in sums}


# Differences


def split_of_task(task: Task, parts: Iterable[Assignment] | None = None) -> Split:
    """A county figure and what it was split into, as it stands; a draft by its planned shares."""
    common: dict[str, Any] = {
        "name": task.title,
        "target": task.target,
        "reason": task.difference_reason,
        "explained": task.difference_explained,
        "sums_values": False,
    }
    if task.status == TaskStatus.DRAFT:
        shares = task.kept_shares()
        names = Organisation.objects.in_bulk(list(shares))
        planned = [
            Share(str(names[key]), share, is_closed=names[key].closed_on is not None)
            for key, share in shares.items()
            if key in names
        ]
        return Split(**common, parts=planned, was_split=bool(shares))
    rows = parts if parts is not None else counted(task).select_related("organisation").order_by("organisation__path")
    shares_in_force = [_share(row, None) for row in rows]
    return Split(**common, parts=shares_in_force)


def _share(row: Assignment, above: Organisation | None) -> Share:
    place = row.organisation
    return Share(
        str(place),
        row.target,
        row.value,
        is_below=above is None or above.contains(place),
        is_closed=place.closed_on is not None and row.status != Status.CLOSED,
    )


def splits_of(rows: Iterable[Assignment]) -> list[tuple[Assignment, Split]]:
    """The assignments that were split, each with its split, whatever became of the parts; nothing is owed of what
    was withdrawn.
    """
    by_key = {row.pk: row for row in rows}
    parts = defaultdict[int, list[Assignment]](list)
    was_split = set[int]()
    keys = list(by_key)
    for start in range(0, len(keys), STEP):
        found = Assignment.objects.filter(above__in=keys[start : start + STEP]).select_related("organisation")
        for part in found.order_by("organisation__path"):
            assert part.above_id is not None  # asked for
            was_split.add(part.above_id)
            if part.status != Status.WITHDRAWN:
                parts[part.above_id].append(part)
    return [
        (
            row,
            Split(
                str(row.organisation),
                Decimal(0) if row.status == Status.WITHDRAWN else row.target,
                [_share(part, row.organisation) for part in parts[key]],
                row.value,
                reason=row.difference_reason,
                explained=row.difference_explained,
            ),
        )
        for key, row in by_key.items()
        if key in was_split and (parts[key] or row.status != Status.WITHDRAWN)
    ]


# Done of the target, by township


@dataclass(frozen=True)
class Done:
    """What one township did of its target in one task; ``rows`` assignments, each counted once."""

    township: int | None
    name: str
    target: Decimal | None
    value: Decimal | None
    rows: int

    @property
    def percent(self) -> int | None:
        """The share done, rounded down; None where nothing is reported or no target stands."""
        return percent_of_value(self.value, self.target)


def by_township(rows: AssignmentQuerySet) -> list[Done]:
    """Target and figure of each township in ``rows`` (of one task), nothing counted twice."""
    place = Coalesce("organisation__township", "organisation")
    grouped = rows.of_the_county().in_force().order_by().values(unit=place)
    found = list(
        grouped.annotate(target_sum=Sum("target"), value_sum=Sum("value"), many=Count("pk")).values_list(
            "unit", "target_sum", "value_sum", "many"
        )
    )
    places = Organisation.objects.in_bulk([row[0] for row in found])
    found.sort(key=lambda row: (places[row[0]].depth, places[row[0]].code))
    return [Done(key, str(places[key]), target, value, many) for key, target, value, many in found]


def done_of(rows: AssignmentQuerySet) -> dict[int, Done]:
    """Target and figure of each quantity task in ``rows`` by key, nothing counted twice."""
    grouped = (
        rows.filter(task__shape=Shape.QUANTITY).of_the_county().in_force().order_by().values("task", "task__title")
    )
    sums = grouped.annotate(target_sum=Sum("target"), value_sum=Sum("value"), many=Count("pk"))
    return {
        key: Done(None, title, target, value, many)
        for key, title, target, value, many in sums.values_list(
            "task", "task__title", "target_sum", "value_sum", "many"
        )
    }

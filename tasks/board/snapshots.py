"""The daily snapshot: written while the day lasts, never filled in or rewritten later."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Case, Count, DateField, F, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from dates import clock
from dates.periods import Period
from orgs.actor import Actor
from tasks.lights import sql as lights
from tasks.models import Assignment, Snapshot
from tasks.rules.status import Status

_COLUMNS = (
    "day", "organisation_id", "township_id", "theme_id", "total", "closed", "closed_in_time", "requested", "overdue",
    "near", "behind", "percent_sum", "percent_count",
)  # fmt: skip


@transaction.atomic
def take(day: datetime.date) -> int:
    """Write the day's snapshot anew from what stands now; how many rows it has.

    A day that is over and has its snapshot, or that lies before one taken already, stays as it is: 0 rows.
    """
    over = day < clock.today()
    if over and Snapshot.objects.filter(day__gte=day).exists():
        return 0
    Snapshot.objects.filter(day=day).delete()
    sql, params = _standing(day).query.sql_with_params()
    table = connection.ops.quote_name(Snapshot._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {sql}", params)
        return int(cursor.rowcount)


def _standing(day: datetime.date):  # type: ignore[no-untyped-def]  # a values queryset of annotations
    """What stands on the day, grouped by theme and organisation, in the order of the snapshot's columns."""
    counted = Case(When(status=Status.CLOSED, then=Value(100)), default=F("percent"), output_field=IntegerField())
    closed = Q(status=Status.CLOSED)
    grouped = (
        Assignment.objects.in_force()
        .order_by()
        .values(
            s_organisation=F("organisation_id"), s_township=F("organisation__township_id"), s_theme=F("task__theme_id")
        )
    )
    return grouped.annotate(
        s_day=Value(day, DateField()),
        s_total=Count("pk"),
        s_closed=Count("pk", filter=closed),
        s_closed_in_time=Count("pk", filter=closed & Q(requested_on__lte=F("counted_due_on"))),
        s_requested=Count("pk", filter=Q(status=Status.REQUESTED)),
        s_overdue=Count("pk", filter=lights.late(day)),
        s_near=Count("pk", filter=lights.worked_soon(day)),
        s_behind=Count("pk", filter=lights.worked_behind(day)),
        s_percent_sum=Coalesce(Sum(counted), 0),
        s_percent_count=Count("pk", filter=closed | Q(percent__isnull=False)),
    ).values_list(*(f"s_{name.removesuffix('_id')}" for name in _COLUMNS))


@dataclass(frozen=True)
class Stand:
    """The sums of one day's snapshot."""

    day: datetime.date
    closed: int
    closed_in_time: int
    overdue: int
    requested: int


def before(
    days: Sequence[datetime.date], actor: Actor, *, programme: int | None = None, theme: int | None = None
) -> list[Stand | None]:
    """For each day the last snapshot before it, of what the actor sees; None when there is none."""
    lasts = [Snapshot.objects.filter(day__lt=day).aggregate(last=Max("day"))["last"] for day in days]
    rows = Snapshot.objects.visible_to(actor).filter(day__in={last for last in lasts if last})
    if programme:
        rows = rows.filter(theme__programme=programme)
    if theme:
        rows = rows.filter(theme=theme)
    names = ("closed", "closed_in_time", "overdue", "requested")
    sums = rows.order_by().values_list("day").annotate(**{f"sum_{name}": Sum(name) for name in names})
    stands = {row[0]: Stand(*row) for row in sums}
    return [stands.get(last, Stand(last, 0, 0, 0, 0)) if last else None for last in lasts]


def on_time_before(
    period: Period, actor: Actor, *, programme: int | None = None, theme: int | None = None
) -> tuple[Stand | None, float | None]:
    """The last snapshot before the period, and the on-time rate it and the one a period earlier tell, in percent.

    Closed in time between the two snapshots, of what was closed between them or was overdue at the later one.
    """
    later, earlier = before([period.start, period.before().start], actor, programme=programme, theme=theme)
    if later is None or earlier is None:
        return later, None
    judged = later.closed - earlier.closed + later.overdue
    in_time = later.closed_in_time - earlier.closed_in_time
    return later, round(100 * in_time / judged, 1) if judged > 0 and in_time >= 0 else None

"""Assignments issued before dates could move: their dates are those they were issued with.

What the house asked of its rules then is written out here, so that the rules may change.
"""

import datetime
from functools import cache

import holidays
from django.db import migrations
from django.db.models import F
from django.utils import timezone
from holidays.countries.china import ChinaStaticHolidays

BATCH = 1000
DAY = datetime.timedelta(days=1)
NEAR_WORKDAYS = 3
LAG_POINTS = 10
SHORT_DAYS = 14


@cache
def published(year):
    """The State Council's days off and make-up days; None in a year that is not published."""
    if year not in ChinaStaticHolidays.special_public_holidays:
        return None
    return holidays.country_holidays("CN", years=[year - 1, year, year + 1])


def works(day):
    known = published(day.year)
    return known.is_working_day(day) if known else day.weekday() < 5


def near_from(due_on):
    """The third workday before the due date, or before the last workday ahead of it; never before the first day."""
    left = NEAR_WORKDAYS + 1
    day = due_on
    while True:
        left -= works(day)
        if not left or day == datetime.date.min:
            return day
        day -= DAY


def behind_from(shape, given_on, due_on, percent):
    """The first day on which a straight curve is so many points ahead of what was reported; None for no such day."""
    span = (due_on - given_on).days
    wanted = (percent or 0) + LAG_POINTS
    without = shape in {"standing", "milestones", "recurring"} or (shape == "single" and span <= SHORT_DAYS)
    if without or wanted > 100 or span <= 0:
        return None
    return given_on + DAY * -(-wanted * span // 100)


def fill(apps, schema_editor):
    assignments = apps.get_model("tasks", "Assignment").objects
    assignments.update(original_due_on=F("due_on"), counted_due_on=F("due_on"), near_from=F("due_on"))
    rows = []
    for row in assignments.select_related("task").order_by("pk").iterator(chunk_size=BATCH):
        issued = row.task.issued_at
        row.given_on = timezone.localtime(issued).date() if issued else row.due_on
        row.near_from = near_from(row.due_on)
        row.behind_from = behind_from(row.task.shape, row.given_on, row.due_on, row.percent)
        rows.append(row)
        if len(rows) == BATCH:
            assignments.bulk_update(rows, ["given_on", "near_from", "behind_from"], batch_size=150)
            rows = []
    assignments.bulk_update(rows, ["given_on", "near_from", "behind_from"], batch_size=150)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_shapes_quotas_and_dates")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

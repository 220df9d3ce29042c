"""Assignments issued before dates could move: their dates are those they were issued with."""

from django.db import migrations
from django.db.models import F
from django.utils import timezone

from tasks import rules
from tasks.curves import curve_of

BATCH = 1000


def fill(apps, schema_editor):
    assignments = apps.get_model("tasks", "Assignment").objects
    assignments.update(original_due_on=F("due_on"), counted_due_on=F("due_on"), near_from=F("due_on"))
    rows = []
    for row in assignments.select_related("task").order_by("pk").iterator(chunk_size=BATCH):
        issued = row.task.issued_at
        row.given_on = timezone.localtime(issued).date() if issued else row.due_on
        row.near_from = rules.near_from(row.due_on)
        curve = curve_of(row.task.shape, row.given_on, row.due_on)
        row.behind_from = curve.behind_from(row.percent) if curve else None
        rows.append(row)
        if len(rows) == BATCH:
            assignments.bulk_update(rows, ["given_on", "near_from", "behind_from"], batch_size=150)
            rows = []
    assignments.bulk_update(rows, ["given_on", "near_from", "behind_from"], batch_size=150)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_shapes_quotas_and_dates")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

"""A county has one run a day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0003_runs_by_county")]

    operations = [
        migrations.AlterField(
            model_name="run",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminder_runs",
                to="orgs.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(fields=("day", "organisation"), name="one_run_a_day"),
        ),
    ]

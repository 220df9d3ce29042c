"""Give each run its county, so that two counties in one installation neither see nor stop each other."""

import django.db.models.deletion
from django.db import migrations, models


def give_counties(apps, schema_editor):
    """Runs were the installation's: they become the first county's, or go when there is none."""
    run = apps.get_model("reminders", "Run")
    organisations = apps.get_model("orgs", "Organisation").objects.order_by("depth", "path")
    county = organisations.filter(kind="county").first() or organisations.first()
    if county is None:
        run.objects.all().delete()
    else:
        run.objects.update(organisation=county)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0005_workday_exceptions"), ("reminders", "0002_pushes")]

    operations = [
        migrations.AddField(
            model_name="reminderkind",
            name="hour",
            field=models.TimeField(blank=True, null=True, verbose_name="not before"),
        ),
        migrations.AddField(
            model_name="run",
            name="again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminder_runs",
                to="orgs.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AlterField(model_name="run", name="day", field=models.DateField(verbose_name="day")),
        migrations.RunPython(give_counties, migrations.RunPython.noop),
    ]

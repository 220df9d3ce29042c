"""How long a day's digests take to plan and queue: 3,000 people, 15,000 organisations, 600,000 open assignments.

A scratch database on SQLite and, where one answers, on PostgreSQL; the planning runs in a process of its own, so that
its largest memory is its own. Then every day of 2026, on which every organisation owes one thing at some time
(``python -m bench.reminders year`` for that alone).
"""

import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.pages import scratch, surroundings

BASE_DIR = Path(__file__).resolve().parent.parent
ORGANISATIONS, TOWNSHIPS, PEOPLE = 15_000, 30, 3_000
TASKS = {"day": 40, "year": 24}
SHARES = {"day": 1, "year": 24}  # a task goes to one organisation in so many
DAY = datetime.date(2026, 11, 16)  # a Monday: weekly digests
SECONDS, MEGABYTES = 60, 300
STEP = datetime.timedelta(days=1)


def fill(what: str, first: datetime.date) -> None:
    """Build the county in this process's database: every organisation, or every so-many-th, owes every task."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from orgs.models import Organisation, Post, User
    from orgs.rules import Role
    from tasks.models import Assignment
    from tests.county import build

    call_command("migrate", verbosity=0)
    below = ORGANISATIONS - TOWNSHIPS - 5
    county = build(first, townships=TOWNSHIPS, villages=below, tasks=1)
    Assignment.objects.all().delete()
    for number, task in enumerate(_more_tasks(county.tasks[0], what, first)):
        _give(task, county.root, SHARES[what], number % SHARES[what])
    users = [User(username=f"b{n}", name=f"人{n}", email=f"b{n}@example.org") for n in range(PEOPLE)]
    users = User.objects.bulk_create(users)
    above = list(Organisation.objects.operating())
    under = list(Organisation.objects.filter(pk__in=[village.pk for village in county.villages]))
    posts = []
    for number, user in enumerate(users):
        place = above[number % len(above)] if number < 3 * len(above) else under[number * 4 % len(under)]
        role = Role.TOWNSHIP_ORGANISER if number < 3 * len(above) else Role.VILLAGE_RECORDER
        posts.append(Post(user=user, role=role, organisation=place, since=datetime.date(2025, 1, 1)))
    Post.objects.bulk_create(posts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _give(task, root, share: int, number: int) -> None:  # type: ignore[no-untyped-def]  # models exist after setup
    """One organisation in ``share`` owes the task, at five dates: one row each by the model, copied by the database."""
    from django.db import connection, transaction

    from tasks.models import Assignment

    columns = [str(field.column) for field in Assignment._meta.concrete_fields if not field.primary_key]
    copied = ", ".join("o.id" if column == "organisation_id" else f"a.{column}" for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        for part in range(5):
            given_on = task.issued_at.date()
            due_on = max(given_on, task.due_on + STEP * (part - 2))
            status = "received" if part else "in_progress"
            row = Assignment.given(task=task, organisation=root, on=given_on, due_on=due_on, status=status)
            row.save()
            cursor.execute(
                f"INSERT INTO tasks_assignment ({', '.join(columns)}) SELECT {copied} FROM tasks_assignment a, "
                "orgs_organisation o WHERE a.id = %s AND o.depth > 0 AND o.id %% 5 = %s "
                "AND o.id / 5 %% %s = %s",
                [row.pk, part, share, number],
            )
            row.delete()


def _more_tasks(first, what: str, day: datetime.date):  # type: ignore[no-untyped-def]  # models exist only after setup
    """Tasks of all lengths, due around the day or, for a year, through it."""
    from dates import clock
    from tasks.models import Task

    spread = range(-20, 40) if what == "day" else range(12, 360, 14)
    for number in range(TASKS[what]):
        due_on = day + STEP * spread[number * 7 % len(spread)]
        length = (10, 40, 100)[number % 3]
        yield Task.objects.create(
            theme_id=first.theme_id,
            title=f"任务{number:02}",
            status="issued",
            organisation_id=first.organisation_id,
            keeper_id=first.keeper_id,
            due_on=due_on,
            issued_at=clock.at_noon(due_on - STEP * length),
        )


def plan() -> None:
    """Plan and queue the day's digests and print what it took, as JSON."""
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from dates import clock
    from reminders import running
    from reminders.looking import Look
    from reminders.models import Delivery, Message
    from tasks.models import Assignment

    at = datetime.datetime.combine(DAY, datetime.time(9), tzinfo=clock.datetime_zone())
    with clock.standing_at(at), CaptureQueriesContext(connection) as queries:
        started = time.perf_counter()
        look = Look(at)
        [county] = look.counties
        run = running.claim(county, at)
        if run is None:
            raise SystemExit("The day is planned already.")
        running.plan_day(run, look, county)
        seconds = time.perf_counter() - started
    found = {
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "queries": len(queries),
        "messages": Message.objects.count(),
        "deliveries": Delivery.objects.count(),
        "open": Assignment.objects.open().count(),
    }
    print(json.dumps(found))


def year() -> None:
    """Sweep at four hours of every day of 2026 and print what went wrong, as JSON."""
    import django

    django.setup()
    from django.db.models import Count
    from django.utils import timezone

    from dates import clock, workdays
    from orgs.models import User
    from reminders import sweeping
    from reminders.models import Message, Run
    from reminders.rules.kinds import DIGESTS

    User.objects.update(email="")  # the message centre alone: nobody sends mail here
    day, released = datetime.date(2026, 1, 1), 0
    started = time.perf_counter()
    while day.year == 2026:
        for hour, minute in ((7, 0), (8, 30), (17, 59), (18, 0)):
            at = datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=clock.datetime_zone())
            with clock.standing_at(at):
                sweeping.sweep()
                released += Run.objects.filter(state=Run.State.STOPPED).update(
                    state=Run.State.RELEASED, claimed_at=None
                )
        day += STEP
    days = set(Message.objects.values_list("day", flat=True).distinct())
    digests = Message.objects.filter(kind__in=DIGESTS).order_by().values("person", "day")
    pushes = Message.objects.exclude(kind__in=DIGESTS).order_by().values("person", "day")
    written = Message.objects.values_list("created_at", flat=True).distinct()
    moments = {timezone.localtime(moment).time() for moment in written}
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "messages": Message.objects.count(),
                "days": len(days),
                "runs that somebody had to release": released,
                "on rest days": sum(not workdays.is_workday(day) for day in days),
                "outside hours": sum(not datetime.time(8, 30) <= m < datetime.time(18) for m in moments),
                "people with two digests a day": digests.annotate(n=Count("pk")).filter(n__gt=1).count(),
                "people with three pushes a day": pushes.annotate(n=Count("pk")).filter(n__gt=2).count(),
            }
        )
    )


def measure(kind: str, what: str) -> dict[str, float] | None:
    """Fill a scratch database in one process and measure in another."""
    with tempfile.TemporaryDirectory() as folder, scratch(kind, folder) as database:
        if database is None:
            return None
        env = surroundings(folder, database, 0) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        first = DAY if what == "day" else datetime.date(2026, 1, 1)
        filling = f"import datetime; from bench import reminders; reminders.fill({what!r}, datetime.{first!r})"
        filling = filling.replace("datetime.datetime.", "datetime.")
        subprocess.run([sys.executable, "-c", filling], cwd=BASE_DIR, env=env, check=True)
        call = "plan" if what == "day" else "year"
        measuring = [sys.executable, "-c", f"from bench import reminders; reminders.{call}()"]
        done = subprocess.run(measuring, cwd=BASE_DIR, env=env, check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def run(what: str = "day") -> None:
    """Print what was measured and whether it keeps within the limits."""
    rows = TASKS[what] * ORGANISATIONS // SHARES[what]
    when = "one Monday" if what == "day" else "every day of 2026"
    print(f"Reminders, {when}: {PEOPLE} people, {ORGANISATIONS} organisations, {rows} assignments")
    for kind in ("SQLite", "PostgreSQL") if what == "day" else ("SQLite",):
        found = measure(kind, what)
        if found is None:
            print(f"  {kind}: no server answers; skipped")
            continue
        print(f"  {kind:<11}" + ", ".join(f"{name} {value:,.0f}" for name, value in found.items()))
        if what == "day":
            fits = found["seconds"] <= SECONDS and found["megabytes"] <= MEGABYTES
            print(f"             (≤ {SECONDS} s and ≤ {MEGABYTES} MB: {'yes' if fits else 'NO'})")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for each in sys.argv[1:] or ["day", "year"]:
        run(each)

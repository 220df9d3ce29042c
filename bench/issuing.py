"""How long issuing 40 tasks to 600 organisations takes, and taking it back: 24,000 assignments with their history.

A scratch database on SQLite and, where one answers, on PostgreSQL; the action that the background work calls, in a
process of its own. ``python -m bench.issuing profile`` says where the time goes, of both databases.
"""

import datetime
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.pages import scratch, surroundings

BASE_DIR = Path(__file__).resolve().parent.parent
ORGANISATIONS, TASKS = 600, 40
SECONDS = 5


def issue(profile: bool = False) -> None:
    """Build a county, issue everything, undo it, and print the seconds as JSON (run as a child)."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from dates import clock
    from orgs.history.actions import undo_change_set
    from records.models import Change
    from tasks.drafting import issue_actions
    from tasks.models import Assignment, Task
    from tests.county import build

    call_command("migrate", verbosity=0)
    today = clock.today()
    county = build(today, townships=25, villages=ORGANISATIONS, tasks=1)
    Assignment.objects.all().delete()
    office = county.actor("county_office")
    answers = dict.fromkeys(("supervisor", "owner", "standard", "effect", "consequence", "measures"), "县委组织部")
    for number in range(TASKS):
        Task.objects.create(
            theme=county.themes[number % len(county.themes)],
            title=f"任务{number:02}",
            organisation=county.root,
            keeper=county.posts["county_office"],
            year=today.year,
            due_on=today + datetime.timedelta(days=20 + 7 * number),
            audience={"kinds": ["village", "nonpublic"]},
            **answers,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    drafts = Task.objects.filter(status="draft").select_related("theme__programme__organisation", "organisation")
    tasks = list(drafts)
    started, worked = time.perf_counter(), time.process_time()
    if profile:
        import cProfile
        import pstats

        with cProfile.Profile() as measured:
            record, _given = issue_actions.issue_many(tasks, by=office)
        pstats.Stats(measured).sort_stats("tottime").print_stats(22)
        with cProfile.Profile() as measured:
            undo_change_set(record, by=office)
        pstats.Stats(measured).sort_stats("tottime").print_stats(22)
        return
    record, given = issue_actions.issue_many(tasks, by=office)
    issued, own = time.perf_counter() - started, time.process_time() - worked
    written = Change.objects.filter(change_set=record).count()
    started = time.perf_counter()
    undone = undo_change_set(record, by=office)
    taken_back = time.perf_counter() - started
    if undone.kept or Assignment.objects.exists():
        raise SystemExit("The undo left something behind.")
    print(json.dumps({"issued": issued, "own": own, "given": given, "changes": written, "undone": taken_back}))


def measure(kind: str, call: str = "issue()") -> dict[str, float] | None:
    """The seconds on one database."""
    with tempfile.TemporaryDirectory() as folder, scratch(kind, folder) as database:
        if database is None:
            return None
        env = surroundings(folder, database, 0) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-c", f"from bench import issuing; issuing.{call}"]
        done = subprocess.run(command, cwd=BASE_DIR, env=env, check=True, capture_output=True, text=True)
        if call != "issue()":
            print(done.stdout)
            return None
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def run() -> None:
    """Print both databases' seconds."""
    print(f"Issuing: {TASKS} tasks to {ORGANISATIONS} organisations with their history, and undoing it")
    for kind in ("SQLite", "PostgreSQL"):
        found = measure(kind)
        if found is None:
            print(f"  {kind}: no server answers; skipped")
            continue
        verdict = "yes" if found["issued"] <= SECONDS else "NO"
        print(
            f"  {kind:<11}{found['given']:,.0f} assignments, {found['changes']:,.0f} changes"
            f"{found['issued']:8.2f} s   (≤ {SECONDS} s: {verdict}; own processor {found['own']:.2f} s)"
            f"   undone in {found['undone']:.2f} s"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["profile"]:
        for kind in ("SQLite", "PostgreSQL"):
            measure(kind, "issue(profile=True)")
    else:
        run()

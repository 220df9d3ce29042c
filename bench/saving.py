"""Saving in the grid at 24,000 assignments: beside the plain page, and sixty people at once while a large job runs.

A scratch county of 600 organisations × 40 tasks on SQLite and, where one answers, on PostgreSQL; a real gunicorn with
the shipped configuration (``WEB_CONCURRENCY`` 2 on PostgreSQL) and a real worker. The job issues 40 more tasks to the
600 organisations. Sixty people save rows of their own; afterwards every text they typed is looked for.
"""

import concurrent.futures
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.pages import scratch, serving, surroundings

BASE_DIR = Path(__file__).resolve().parent.parent
TOWNSHIPS, ORGANISATIONS, TASKS = 20, 600, 40
PEOPLE, SAVES = 60, 8
ROWS, ROUNDS = 30, 25
GRID_LIMIT = 4
LOAD_LIMITS = {"SQLite": 30, "PostgreSQL": 10}
PLAIN = "/bench/plain/"


def fill() -> None:
    """Build the county, sixty people and the drafts of the job; print what the client needs as JSON (a child)."""
    import django

    django.setup()
    import datetime

    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from dates import clock
    from orgs.models import Organisation, Post, User
    from orgs.rules import Role
    from tasks.models import Assignment, Task
    from tasks.rules.status import Status
    from tests.county import build

    call_command("migrate", verbosity=0)
    today = clock.today()
    county = build(today, townships=TOWNSHIPS, villages=ORGANISATIONS, tasks=TASKS)
    Assignment.objects.update(status=Status.IN_PROGRESS, closed_on=None, requested_on=None, percent=10)
    answers = dict.fromkeys(("supervisor", "owner", "standard", "effect", "consequence", "measures"), "县委组织部")
    drafts = [
        Task.objects.create(
            theme=county.themes[number % len(county.themes)],
            title=f"新任务{number:02}",
            organisation=county.root,
            keeper=county.posts["county_office"],
            due_on=today + datetime.timedelta(days=30 + number),
            audience={"kinds": ["village", "nonpublic"]},
            **answers,
        ).pk
        for number in range(TASKS)
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    people: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        township = county.townships[number % TOWNSHIPS]
        user = User.objects.create(username=f"bench{number}", name=f"干事{number}", password="!")
        since = today - datetime.timedelta(days=30)
        Post.objects.create(user=user, role=Role.TOWNSHIP_ORGANISER, organisation=township, since=since)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        places = list(Organisation.objects.filter(parent=township).order_by("pk"))
        own = places[number // TOWNSHIPS :: PEOPLE // TOWNSHIPS] if number else places
        cells = {
            place.pk: [[row.pk, row.task_id, row.seen] for row in place.assignments.order_by("pk")] for place in own
        }
        people.append({"session": client.cookies["sessionid"].value, "cells": cells})
    office = Client()
    office.force_login(county.posts["county_office"].user, backend="django.contrib.auth.backends.ModelBackend")
    print(json.dumps({"people": people, "drafts": drafts, "office": county.posts["county_office"].pk}))


def start_job(drafts: list[int], post_pk: int) -> None:
    """Queue the job as the county office (run as a child)."""
    import django

    django.setup()
    from dates import clock
    from orgs.actor import Actor
    from orgs.models import Post
    from records import work
    from tasks.drafting import issue_actions
    from tasks.models import Programme

    post = Post.objects.get(pk=post_pk)
    programme = Programme.objects.get()
    arguments = {"tasks": drafts, "programme": programme.pk, "year": clock.today().year}
    by = Actor(post.user, post, clock.today())
    print(work.start(issue_actions.WORK, by=by, subject="40 项任务", arguments=arguments, url="/").pk)


def settle(texts: list[str]) -> None:
    """Print how many assignments the job gave, whether it is done, and how many texts are lost (run as a child)."""
    import django

    django.setup()
    from records.models import Work
    from tasks.models import Assignment, Entry

    known = set(Entry.objects.values_list("text", flat=True))
    given = Assignment.objects.filter(task__title__startswith="新任务").count()
    lost = sum(text not in known for text in texts)
    print(json.dumps({"given": given, "state": Work.objects.latest("pk").state, "lost": lost}))


def child(call: str, env: dict[str, str], sent: str = "") -> str:
    """Run a function of this module in a process of its own; what it printed last."""
    code = f"import json, sys; from bench import saving; saving.{call}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=env, check=True, capture_output=True, text=True, input=sent
    )
    return done.stdout.splitlines()[-1]


class Visitor:
    """One person's connection to the site."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": f"sessionid={session}", "Accept": "application/json"}
        token = "b" * 32
        self.headers["Cookie"] += f"; csrftoken={token}"
        self.headers["X-CSRFToken"] = token

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes, float]:
        """Status, content and milliseconds of a page, or of a form sent."""
        body = urllib.parse.urlencode(form) if form is not None else None
        headers = self.headers | ({"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {})
        start = time.perf_counter()
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, content, (time.perf_counter() - start) * 1000


def row_form(cells: list[list[Any]], text: str, versions: dict[int, str], count: int) -> dict[str, str]:
    """What the page sends for one row: ``count`` percents and a note."""
    form = {"learned": "phone", "note": text, "note-was": ""}
    for key, _task, version in cells[:count]:
        form |= {
            f"c-{key}": str(len(text) % 80 + 11),
            f"was-{key}": "10",
            f"version-{key}": str(versions.get(key, version)),
        }
    return form


def alone(port: int, person: dict[str, Any]) -> dict[str, float]:
    """Median milliseconds of the plain page, of one row of nine cells, and of thirty rows that a block filled."""
    visitor = Visitor(port, person["session"])
    places = list(person["cells"].items())[:ROWS]
    taken: dict[str, list[float]] = {
        "plain page, 50 rows": [],
        "one row, nine cells": [],
        "thirty rows, one column": [],
    }
    for turn in range(ROUNDS):
        taken["plain page, 50 rows"].append(_fine(visitor.ask(PLAIN)))
        place, cells = places[turn % len(places)]
        nine = {f"c-{key}": str(20 + turn) for key, _task, _version in cells[1:10]}
        nine |= {f"was-{key}": "?" for key, _task, _version in cells[1:10]}
        nine |= {f"version-{key}": str(_seen(person, key)) for key, _task, _version in cells[1:10]}
        tasks = ",".join(str(task) for _key, task, _version in cells[1:10])
        status, content, spent = visitor.ask(f"/grid/{place}/", nine | {"learned": "phone", "tasks": tasks})
        taken["one row, nine cells"].append(_fine((status, content, spent)))
        _learn(person, json.loads(content)["cells"])
        rows = {}
        for key_of, own in places:
            key = own[0][0]
            rows[key_of] = {
                f"c-{key}": str(20 + turn),
                f"was-{key}": "?",
                f"version-{key}": str(_seen(person, key)),
                "learned": "phone",
            }
        form = {"tasks": str(places[0][1][0][1]), "rows": json.dumps(rows)}
        status, content, spent = visitor.ask("/grid/rows/", form)
        taken["thirty rows, one column"].append(_fine((status, content, spent)))
        for answer in json.loads(content)["rows"].values():
            if answer["clashes"] or not answer["set"]:
                raise SystemExit(f"a row was not saved: {answer}")
            _learn(person, answer["cells"])
    return {label: statistics.median(times[3:]) for label, times in taken.items()}


def _seen(person: dict[str, Any], key: int) -> str:
    known: dict[int, str] = person.setdefault("versions", {})
    if not known:
        known |= {own: version for cells in person["cells"].values() for own, _task, version in cells}
    return known[key]


def _learn(person: dict[str, Any], cells: dict[str, Any]) -> None:
    person["versions"] |= {int(key): cell["version"] for key, cell in cells.items()}


def _fine(answer: tuple[int, bytes, float]) -> float:
    if answer[0] != 200:
        raise SystemExit(f"answered {answer[0]}: {answer[1][:300]!r}")
    return answer[2]


def together(port: int, people: list[dict[str, Any]]) -> dict[str, Any]:
    """Sixty people at once: each saves row after row and opens the plain page in between."""

    def work(number: int) -> tuple[list[float], list[float], int, list[str]]:
        person = people[number]
        visitor = Visitor(port, person["session"])
        saves, plain, errors, texts = [], [], 0, []
        places = list(person["cells"].items())
        for turn in range(SAVES):
            place, cells = places[turn % len(places)]
            text = f"第{number}人第{turn}次说明"
            cell = cells[10 + turn // len(places)]
            form = {"learned": "phone", "note": text, "note-was": "", "tasks": str(cell[1])}
            form |= {f"c-{cell[0]}": str(20 + turn), f"was-{cell[0]}": "?", f"version-{cell[0]}": str(cell[2])}
            texts.append(text)
            try:
                status, content, spent = visitor.ask(f"/grid/{place}/", form)
                errors += status != 200 or not json.loads(content)["set"]
                saves.append(spent)
                status, _content, spent = visitor.ask(PLAIN)
                errors += status != 200
                plain.append(spent)
            except (OSError, ValueError, http.client.HTTPException):
                errors += 1
                visitor = Visitor(port, person["session"])
        return saves, plain, errors, texts

    with concurrent.futures.ThreadPoolExecutor(PEOPLE) as crowd:
        found = list(crowd.map(work, range(1, PEOPLE)))
    return {
        "saves": [spent for one in found for spent in one[0]],
        "plain": [spent for one in found for spent in one[1]],
        "errors": sum(one[2] for one in found),
        "texts": [text for one in found for text in one[3]],
    }


@contextlib.contextmanager
def worker(env: dict[str, str], folder: str) -> Iterator[None]:
    """A worker as shipped, until the block ends."""
    log = (Path(folder) / "worker.log").open("w")
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def measure(kind: str) -> None:
    """Print what one database takes."""
    with tempfile.TemporaryDirectory() as folder, scratch(kind, folder) as database:
        if database is None:
            print(f"  {kind}: no server answers; skipped")
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = surroundings(folder, database, port)
        if kind == "PostgreSQL":
            env["WEB_CONCURRENCY"] = os.environ.get("WEB_CONCURRENCY", "2")
        given = json.loads(child("fill()", env))
        people = given["people"]
        with serving(env, port), worker(env, folder):
            _tell_alone(kind, alone(port, people[0]))
            child(f"start_job({given['drafts']!r}, {given['office']})", env)
            time.sleep(1)
            found = together(port, people)
            _tell_crowd(kind, found, env)


def _tell_alone(kind: str, found: dict[str, float]) -> None:
    plain = found["plain page, 50 rows"]
    for label, taken in found.items():
        limit = (
            ""
            if label.startswith("plain")
            else f"   (≤ {GRID_LIMIT} ×: {'yes' if taken <= GRID_LIMIT * plain else 'NO'})"
        )
        print(f"  {kind:<11}{label:<26}{taken:8.1f} ms {taken / plain:6.2f} ×{limit}")


def _tell_crowd(kind: str, found: dict[str, Any], env: dict[str, str]) -> None:
    saves, plain = (statistics.quantiles(found[name], n=20)[-1] for name in ("saves", "plain"))
    for _attempt in range(120):
        end = json.loads(child("settle(json.load(sys.stdin))", env, json.dumps(found["texts"])))
        if end["state"] in {"done", "failed"}:
            break
        time.sleep(1)
    limit = LOAD_LIMITS[kind]
    verdict = "yes" if saves <= limit * plain and not found["errors"] and not end["lost"] else "NO"
    print(
        f"  {kind:<11}{PEOPLE} people, {len(found['saves'])} saves: p95 {saves:.0f} ms, plain page p95 {plain:.0f} ms,"
        f" {saves / plain:.1f} ×; {found['errors']} errors, {end['lost']} lost texts; the job gave {end['given']:,}"
        f" ({end['state']})   (≤ {limit} ×, 0, 0: {verdict})"
    )


def run() -> None:
    """Print both databases."""
    print(f"Saving in the grid: {ORGANISATIONS} organisations × {TASKS} tasks")
    for kind in sys.argv[1:] or ("SQLite", "PostgreSQL"):
        measure(kind)


if __name__ == "__main__":
    run()

"""Two beats, two workers, ``kill -9`` ten times, Redis restarted: every message arrives, and copies are bounded.

The bound at the mail server (docs/decisions): a worker process killed between the server's yes and the mark sends that
one mail again, under the same Message-ID; so there are at most as many copies too many as worker processes were killed,
and never a third copy. What was broken off twice is given up and shown as failed: a person decides.
"""

import os
import random
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.reminders import outpost
from tests.reminders.outpost import BASE_DIR

PEOPLE = 300
KILLS = 10
PROCESSES = 2  # of each worker
MORNING = "2026-11-16T09:00:00+08:00"

FILL = textwrap.dedent(
    f"""
    import datetime, django
    django.setup()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    from orgs.models import Post, User
    from orgs.rules import Role
    from tests.county import build
    county = build(datetime.date(2026, 11, 16), townships=5, villages={PEOPLE}, tasks=4)
    users = User.objects.bulk_create(
        User(username=f"p{{n}}", name=f"人{{n}}", email=f"p{{n}}@example.org") for n in range({PEOPLE})
    )
    Post.objects.bulk_create(
        Post(user=user, role=Role.VILLAGE_RECORDER, organisation=village, since=datetime.date(2026, 1, 1))
        for user, village in zip(users, county.villages, strict=True)
    )
    """
)
COUNT = textwrap.dedent(
    """
    import django
    django.setup()
    from django.db.models import Count
    from reminders.models import Delivery, Message
    print(
        Message.objects.count(),
        Message.objects.order_by().values("person", "day").annotate(n=Count("pk")).filter(n__gt=1).count(),
        Delivery.objects.count(),
        Delivery.objects.filter(state="sent").count(),
        Delivery.objects.filter(state__in=["queued", "sending"]).count(),
        Delivery.objects.filter(state="failed", attempts=2).exclude(error="").count(),
    )
    """
)


def python(code: str, environment: dict[str, str]) -> list[int]:
    """Run a program on the outpost's database; the numbers it prints last."""
    environment = environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    return [int(word) for word in lines[-2].split()] if len(lines) > 1 and lines[-2] else []


def shift_to(moment: str) -> str:
    """The clock's shift in days that makes this moment now."""
    import datetime

    there = datetime.datetime.fromisoformat(moment)
    return str((there - datetime.datetime.now(datetime.UTC)).total_seconds() / 86400)


@pytest.mark.soak
@pytest.mark.real_clock
@pytest.mark.skipif(not outpost.has_redis(), reason="needs redis-server")
def test_killed_again_and_again_everybody_gets_one_message(tmp_path: Path) -> None:
    database = os.environ.get("DATABASE_URL_KILLED", f"sqlite:///{tmp_path}/killed.sqlite3")
    environment = {"LUOSHI_CLOCK_SHIFT_DAYS": shift_to(MORNING), "REMINDER_CLAIM_SECONDS": "6"}
    chance = random.Random(5)
    with outpost.outpost(tmp_path, database, environment) as post:
        python(FILL, post.environment)
        beats = [post.beat("one"), post.beat("two")]
        workers = [post.worker("one"), post.worker("two")]
        counted: list[int] = []
        for kill in range(KILLS):
            seen = len(post.sink.numbers)
            outpost.wait_until(lambda seen=seen: len(post.sink.numbers) > seen + 5, 20)
            time.sleep(chance.random() / 10)
            victim = kill % 2
            post.kill(workers[victim])
            workers[victim] = post.worker(f"{('one', 'two')[victim]}{kill}")
            if kill == 4:
                post.redis.restart()
            if kill == 6:
                post.kill(beats[0])
                beats[0] = post.beat("one")

        def all_out() -> bool:
            counted[:] = python(COUNT, post.environment)
            return counted[2] > 0 and counted[4] == 0

        assert outpost.wait_until(all_out, 180), counted
        time.sleep(8)  # longer than a claim: a late second copy would show now
        counted = python(COUNT, post.environment)
        copies = post.sink.copies
    messages, doubled, deliveries, sent, left, given_up = counted
    again = sum(copies.values()) - len(copies)
    sys.stdout.write(f"{messages} messages, {sent} mails sent, {again} copies too many, {given_up} given up\n")
    assert messages >= PEOPLE * 9 // 10
    assert doubled == 0
    assert left == 0
    assert sent + given_up == deliveries  # nothing lost without a word
    assert given_up <= KILLS * PROCESSES // 2  # each was in the hands of two processes that were killed
    assert sent <= len(copies) <= deliveries
    assert max(copies.values()) <= 2
    assert again <= KILLS * PROCESSES

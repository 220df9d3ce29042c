"""The long runs: many random cases, and kills at random moments. Run by ``make soak`` before an issue is closed."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.register import city, made_from
from orgs.reorganise.cases import Verb
from tests import BASE_DIR
from tests.cast import Cast
from tests.orgs.register.test_register import as_csv
from tests.orgs.register.test_register_killed import COUNT, run, surroundings
from tests.orgs.reorganise.test_reorganise_random import STEPS, town, walk_and_undo
from tests.tasks.board.test_figures import compare_lights
from tests.tasks.lights.test_lights import compare_every_light

pytestmark = pytest.mark.soak
__all__ = ["surroundings", "town"]  # fixtures

KILLS = 10


@pytest.mark.django_db
def test_ten_thousand_lights_in_sql_are_those_of_the_rules() -> None:
    compare_lights(villages=500, tasks=20, seed=2026)


@pytest.mark.django_db
def test_ten_thousand_lights_of_every_shape_are_those_of_first_principles() -> None:
    assert compare_every_light(villages=80, tasks=12, seed=2026, days=12) >= 10_000


@given(steps=st.lists(STEPS, min_size=1, max_size=9))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_three_hundred_sequences_of_reorganisation_are_undone_exactly(
    town: Cast, steps: list[tuple[Verb, int, int, bool, int]]
) -> None:
    walk_and_undo(town, steps)


def test_an_import_killed_at_random_moments_leaves_all_or_nothing(surroundings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "city.csv"
    rows = made_from(city(), 15_000)
    file.write_bytes(as_csv(rows))
    run(surroundings, "manage.py", "migrate", "-v0")
    chance = random.Random(2026)
    for _kill in range(KILLS):
        load = subprocess.Popen(
            [sys.executable, "manage.py", "import_orgs", str(file)],
            env=surroundings,
            cwd=BASE_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.6, 4.0))
        load.send_signal(signal.SIGKILL)
        load.wait()
        organisations, sets, changes = json.loads(run(surroundings, "-c", COUNT))
        assert organisations in {0, len(rows)}
        assert (organisations == 0) == (sets == 0) == (changes == 0)
    run(surroundings, "manage.py", "import_orgs", str(file))
    assert json.loads(run(surroundings, "-c", COUNT))[0] == len(rows)

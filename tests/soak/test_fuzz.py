"""Drawn faults for twenty minutes: every URL as every person, again and again, each time with other faults.

``make soak`` asks the embedded database; with ``DATABASE_URL`` the same run asks PostgreSQL. ``LUOSHI_FUZZ_MINUTES``
makes it shorter or longer, ``LUOSHI_FUZZ_SEED`` draws the same faults again.
"""

import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.access import world
from tests.access.forms_met import gather
from tests.access.fuzzing import URLS, faults_at
from tests.access.test_fuzz import SEED
from tests.cast import Cast

pytestmark = pytest.mark.soak
MINUTES = float(os.environ.get("LUOSHI_FUZZ_MINUTES", "20"))


def test_no_fault_of_a_request_is_an_error_of_ours_for_twenty_minutes(
    cast: Cast, signed_in: Any, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    keys = world.build(cast).keys
    clients: dict[str, Client] = {who: signed_in(who) for who in cast.people}
    met = gather(keys, clients.__getitem__)
    until, round_number, found = time.monotonic() + 60 * MINUTES, 0, list[str]()
    while time.monotonic() < until:
        names = random.Random(f"{SEED}:{round_number}").sample(URLS, len(URLS))
        for name in names:
            if time.monotonic() < until:
                found += faults_at([name], keys, met, clients.__getitem__, f"{SEED}.{round_number}")
        round_number += 1
    assert not found, f"seed {SEED}:\n" + "\n".join(sorted(set(found)))

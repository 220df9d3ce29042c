"""Every URL once per person with one drawn fault: nothing that anybody sends is an error of ours.

``LUOSHI_FUZZ_SEED`` draws the same faults again; the seed of a run stands in the first lines of pytest's report.
"""

import os
from collections.abc import Callable

import pytest
from django.test import Client

from tests.access.forms_met import gather
from tests.access.fuzzing import URLS, faults_at
from tests.cast import Cast

SEED = os.environ["LUOSHI_FUZZ_SEED"]
SHARES = 2  # a world and its forms are slow to build; each of two workers builds one


@pytest.fixture
def client_of(signed_in: Callable[[str], Client]) -> Callable[[str], Client]:
    """A client for each person, signed in once."""
    clients: dict[str, Client] = {}
    return lambda who: clients[who] if who in clients else clients.setdefault(who, signed_in(who))


@pytest.mark.slow
@pytest.mark.one_database  # on both in the soak
@pytest.mark.parametrize("share", range(SHARES))
def test_no_fault_of_a_request_is_an_error_of_ours(
    share: int, cast: Cast, keys: dict[str, object], client_of: Callable[[str], Client]
) -> None:
    for who in cast.people:
        client_of(who)
    found = list(faults_at(URLS[share::SHARES], keys, gather(keys, client_of), client_of, SEED))
    assert not found, f"seed {SEED}:\n" + "\n".join(found)

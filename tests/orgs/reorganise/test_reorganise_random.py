"""Whatever is reorganised in whatever order: the tree stays a tree, and undoing it all brings every row back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgs.history.actions import undo_change_set
from orgs.models import Organisation, Responsibility
from orgs.reorganise import actions as reorganise
from orgs.reorganise.cases import Reorganisation, Verb
from orgs.rules import Duty
from records.models import ChangeSet
from tests.cast import TODAY, Cast
from tests.orgs.reorganise.test_reorganise import every_row
from tests.tree import check_tree

STEPS = st.tuples(
    st.sampled_from(list(Verb)), st.integers(0, 30), st.integers(0, 30), st.booleans(), st.integers(0, 7)
)  # verb, source, target, a new target, which children


@pytest.fixture
def town(cast: Cast) -> Cast:
    """The cast with a few things hanging on its villages."""
    for key in ("shiling", "liuwan", "shangfang"):
        Responsibility.objects.create(organisation=cast.places[key], duty=Duty.FIRST, person_name=key)
        cast.places[key].names.create(name=f"老{key}", initials=f"l{key}")
    return cast


def attempt(cast: Cast, number: int, step: tuple[Verb, int, int, bool, int]) -> ChangeSet | None:
    """Do one step, if it is allowed."""
    verb, source, target, makes_new, children = step
    rows = list(Organisation.objects.select_related("parent").order_by("code"))
    row, there = rows[source % len(rows)], rows[target % len(rows)]
    new = Organisation(
        code=f"new-{number}", name=f"新{number}", kind=row.kind, party_form=row.party_form, parent=row.parent
    )
    below = list(Organisation.objects.filter(parent=row, closed_on__isnull=True).order_by("code"))
    case = Reorganisation(
        verb,
        (row,),
        TODAY,
        target=None if verb in {Verb.RENAME, Verb.CLOSE} else new if verb == Verb.SPLIT or makes_new else there,
        children=tuple(child for place, child in enumerate(below) if children >> place & 1)
        if verb == Verb.SPLIT
        else (),
        name=f"改名{number % 3}" if verb == Verb.RENAME else "",
    )
    if verb == Verb.MOVE and case.makes_new:
        return None
    try:
        return reorganise.carry_out(case, by=cast.actor("office"))
    except (reorganise.Refused, PermissionDenied):
        return None


def walk_and_undo(town: Cast, steps: list[tuple[Verb, int, int, bool, int]]) -> None:
    """Take the steps, then undo them all: the tree holds after each, and every row is back at the end."""
    with transaction.atomic():
        before = every_row()
        done = []
        for number, step in enumerate(steps):
            previewed = every_row()
            record = attempt(town, number, step)
            if record is None:
                assert every_row() == previewed, "a refused step leaves everything as it was"
            else:
                done.append(record)
            check_tree()
        for record in reversed(done):
            undone = undo_change_set(record, by=town.actor("office"))
            assert undone.kept == []
            check_tree()
        assert every_row() == before
        transaction.set_rollback(True)


@pytest.mark.slow
@given(steps=st.lists(STEPS, min_size=1, max_size=6))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_any_sequence_keeps_the_tree_and_is_undone_exactly(
    town: Cast, steps: list[tuple[Verb, int, int, bool, int]]
) -> None:
    walk_and_undo(town, steps)


def test_the_random_steps_do_something(town: Cast) -> None:
    steps = [(verb, source, 6, False, 3) for verb in Verb for source in (2, 4, 9)]
    done: set[str] = set()
    for number, step in enumerate(steps):
        with transaction.atomic():
            if attempt(town, number, step) is not None:
                done.add(step[0])
            transaction.set_rollback(True)
    assert done == set(Verb)

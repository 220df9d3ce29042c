"""Steps back and forth in the grid: all rows of a save, several saves, and never what is not on the page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from records.models import ChangeSet
from tasks.models import Assignment, Entry, Task
from tests.cast import Cast
from tests.tasks.grid.stage import PLACES, key, sheet_of_all

SignIn = Callable[[str], Client]
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def tasks(cast: Cast) -> dict[str, Task]:
    return sheet_of_all(cast)


def block(client: Client, cast: Cast, tasks: dict[str, Task], figure: str, name: str = "income") -> dict[str, Any]:
    """A pasted column: the same matter of both villages in one save."""
    sent = {}
    for place in PLACES:
        row = key(tasks, name, cast, place)
        was = "" if row.value is None else f"{row.value.normalize():f}"
        cells = {f"c-{row.pk}": figure, f"was-{row.pk}": was, f"version-{row.pk}": row.seen, "learned": "phone"}
        sent[str(cast.places[place].pk)] = cells
    form = {"tasks": keys_of(tasks), "rows": json.dumps(sent)}
    answer: dict[str, Any] = client.post(reverse("grid_rows"), form, **JSON).json()
    return answer


def keys_of(tasks: dict[str, Task]) -> str:
    return ",".join(str(task.pk) for task in tasks.values())


def step(client: Client, cast: Cast, given: dict[str, Task], **more: str) -> dict[str, Any]:
    """One step back, as the key sends it."""
    places = ",".join(str(cast.places[place].pk) for place in PLACES)
    answer = client.post(reverse("grid_back"), {"tasks": keys_of(given), "places": places, **more}, **JSON)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def figures(cast: Cast, tasks: dict[str, Task]) -> list[str]:
    """What the database holds of both villages."""
    rows = [key(tasks, "income", cast, place) for place in PLACES]
    return ["" if row.value is None else f"{row.value.normalize():f}" for row in rows]


def shown(answer: dict[str, Any], cast: Cast, tasks: dict[str, Task]) -> list[str]:
    """What the answer puts on the screen of both villages."""
    rows = [key(tasks, "income", cast, place) for place in PLACES]
    return [answer["rows"][str(row.organisation_id)]["cells"][str(row.pk)]["text"] for row in rows]


def test_all_rows_of_a_block_come_back_and_are_shown(cast: Cast, tasks: dict[str, Task], signed_in: SignIn) -> None:
    client = signed_in("hekou")
    block(client, cast, tasks, "12")
    assert figures(cast, tasks) == ["12", "12"]
    answer = step(client, cast, tasks)
    assert figures(cast, tasks) == ["", ""] == shown(answer, cast, tasks)
    assert not Entry.objects.exists()


def test_several_steps_back_and_forth(cast: Cast, tasks: dict[str, Task], signed_in: SignIn) -> None:
    client = signed_in("hekou")
    for figure in ("1", "2", "3"):
        block(client, cast, tasks, figure)
    seen = [shown(step(client, cast, tasks), cast, tasks)[0] for _time in range(3)]
    assert seen == ["2", "1", ""]
    assert "没有" in step(client, cast, tasks)["said"]
    assert figures(cast, tasks) == ["", ""]
    seen = [shown(step(signed_in("hekou"), cast, tasks, again="1"), cast, tasks)[1] for _time in range(3)]
    assert seen == ["1", "2", "3"]
    assert "没有" in step(client, cast, tasks, again="1")["said"]
    assert shown(step(client, cast, tasks), cast, tasks) == ["2", "2"]
    block(client, cast, tasks, "9")
    assert "没有" in step(client, cast, tasks, again="1")["said"], "a new save ends what could be done again"
    assert figures(cast, tasks) == ["9", "9"]


def test_back_and_forth_many_times_never_outgrows_the_verb(
    cast: Cast, tasks: dict[str, Task], signed_in: SignIn
) -> None:
    client = signed_in("hekou")
    block(client, cast, tasks, "5")
    for _time in range(12):
        step(client, cast, tasks)
        step(client, cast, tasks, again="1")
    assert figures(cast, tasks) == ["5", "5"]
    verbs = set(ChangeSet.objects.filter(verb__startswith="tasks.report_row").values_list("verb", flat=True))
    assert verbs == {"tasks.report_row", "tasks.report_row.undo", "tasks.report_row.redo"}


@pytest.mark.parametrize("missing", ["places", "tasks"])
def test_what_is_not_on_the_page_is_not_taken_back(
    missing: str, cast: Cast, tasks: dict[str, Task], signed_in: SignIn
) -> None:
    client = signed_in("hekou")
    block(client, cast, tasks, "12")
    without = {"places": str(cast.places["shiling"].pk), "tasks": str(tasks["tidy"].pk)}[missing]
    answer = step(client, cast, tasks, **{missing: without})
    assert not answer["rows"]
    assert figures(cast, tasks) == ["12", "12"]


def test_nobody_takes_back_a_colleagues_save(cast: Cast, tasks: dict[str, Task], signed_in: SignIn) -> None:
    block(signed_in("hekou"), cast, tasks, "12")
    assert not step(signed_in("hekou2"), cast, tasks)["rows"]
    assert figures(cast, tasks) == ["12", "12"]


@pytest.mark.parametrize("places", [PLACES, PLACES[1:]])
def test_what_a_colleague_changed_since_stays_and_steps_go_on_both_ways(
    places: tuple[str, ...], cast: Cast, tasks: dict[str, Task], signed_in: SignIn
) -> None:
    block(signed_in("hekou"), cast, tasks, "1")
    block(signed_in("hekou"), cast, tasks, "30", "training")
    block(signed_in("hekou"), cast, tasks, "2")
    for place in places:
        row = key(tasks, "income", cast, place)
        theirs = {f"c-{row.pk}": "7", f"was-{row.pk}": "2", f"version-{row.pk}": row.seen, "learned": "phone"}
        address = reverse("grid_row", args=[cast.places[place].pk])
        signed_in("hekou2").post(address, theirs | {"tasks": keys_of(tasks)}, **JSON)
    client = signed_in("hekou")
    kept = {"shiling": "7" if "shiling" in places else "1", "liuwan": "7"}
    first = step(client, cast, tasks)
    assert "又改过" in first["said"]
    assert figures(cast, tasks) == list(kept.values()) == shown(first, cast, tasks)
    assert step(client, cast, tasks)["rows"]
    assert key(tasks, "training", cast).percent is None
    step(client, cast, tasks)
    assert figures(cast, tasks) == ["7" if "shiling" in places else "", "7"]
    assert "没有" in step(client, cast, tasks)["said"]
    said = [step(client, cast, tasks, again="1")["said"] for _time in range(4)]
    assert "没有可以重做" in said[-1], said
    assert figures(cast, tasks) == ["7" if "shiling" in places else "2", "7"]
    assert key(tasks, "training", cast).percent == 30


def test_the_button_of_a_row_names_its_save_and_twice_says_so(
    cast: Cast, tasks: dict[str, Task], signed_in: SignIn
) -> None:
    client = signed_in("hekou")
    first = block(client, cast, tasks, "4")["rows"][str(cast.places["shiling"].pk)]["set"]
    block(client, cast, tasks, "30", "training")
    assert shown(step(client, cast, tasks, set=first), cast, tasks) == ["", ""]
    again = step(client, cast, tasks, set=first)
    assert "撤销过" in again["said"]
    assert shown(again, cast, tasks) == ["", ""], "the screen shows what the database holds"
    assert key(tasks, "training", cast).percent == 30
    assert not step(client, cast, tasks, set="17")["rows"]


def test_same_as_last_week_is_a_step_too(cast: Cast, tasks: dict[str, Task], signed_in: SignIn) -> None:
    row = key(tasks, "training", cast)
    stands = {"percent": 40, "reported_on": "2026-11-10", "status": "in_progress", "due_on": "2026-11-20"}
    Assignment.objects.filter(pk=row.pk).update(**stands)
    client = signed_in("hekou")
    client.post(reverse("grid_unchanged"), {"tasks": keys_of(tasks), "learned": "phone"})
    assert Entry.objects.count() == 1
    assert step(client, cast, tasks)["rows"]
    assert not Entry.objects.exists()
    assert str(key(tasks, "training", cast).reported_on) == "2026-11-10"

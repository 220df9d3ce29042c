"""As last week: it says that nothing moved, and touches neither state nor words nor what wants an answer."""

import datetime
import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from records.models import ChangeSet
from tasks.models import Assignment, Entry
from tasks.rules.status import Status
from tests.cast import TODAY, Cast
from tests.tasks.grid.stage import key, sheet_of_all

SignIn = Callable[[str], Client]
LAST_WEEK = TODAY - datetime.timedelta(days=8)
SENTENCE = "苗木已到，等天晴栽"


def reported(cast: Cast, name: str = "training", place: str = "shiling", **values: object) -> Assignment:
    """An assignment with a sentence of last week, set as the story needs it."""
    tasks = TASKS[0]
    row = key(tasks, name, cast, place)
    stands = {"percent": 40, "said": SENTENCE, "reported_on": LAST_WEEK, "status": Status.IN_PROGRESS}
    Assignment.objects.filter(pk=row.pk).update(**{**stands, **values})
    return key(tasks, name, cast, place)


TASKS: list[dict] = []


@pytest.fixture(autouse=True)
def _tasks(cast: Cast) -> None:
    TASKS[:] = [sheet_of_all(cast)]


def press(signed_in: SignIn, **more: object) -> str:
    """The button below 同上周, and the page it leads to."""
    form = {"tasks": ",".join(str(task.pk) for task in TASKS[0].values()), "learned": "phone", **more}
    return html.unescape(signed_in("hekou").post(reverse("grid_unchanged"), form, follow=True).content.decode())


def picture(row: Assignment) -> dict[str, object]:
    """The row as the database holds it."""
    return Assignment.objects.filter(pk=row.pk).values().get()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": Status.RETURNED, "return_reason": "照片不清"}, "退回"),
        ({"due_on": TODAY - datetime.timedelta(days=1), "counted_due_on": TODAY - datetime.timedelta(days=1)}, "逾期"),
        ({"internal_due_on": TODAY - datetime.timedelta(days=1)}, "逾期"),
        ({"status": Status.RETURNED, "due_on": TODAY - datetime.timedelta(days=3)}, "退回"),
        ({"reported_on": None, "said": ""}, "没报过"),
        ({"percent": None, "said": ""}, "没报过"),
    ],
)
@pytest.mark.parametrize("name", ["training", "income", "tidy"])
def test_what_wants_an_answer_is_left_and_named(
    name: str, values: dict[str, object], words: str, cast: Cast, signed_in: SignIn
) -> None:
    row = reported(cast, name, **values)
    before = picture(row)
    page = press(signed_in)
    assert picture(row) == before
    assert not row.entries.exists()
    said = " ".join(re.findall(r'<div class="flex-grow-1">(.*?)</div>', page, re.DOTALL))
    assert words in said
    assert "按“同上周”" not in said, "nothing was touched, and nothing says so"


@pytest.mark.parametrize("name", ["training", "income", "building", "tidy"])
def test_the_last_sentence_figure_and_state_stay(name: str, cast: Cast, signed_in: SignIn) -> None:
    row = reported(cast, name, **({"value": 12} if name == "income" else {}))
    before = picture(row)
    press(signed_in)
    after = picture(row)
    moved = {column for column in after if after[column] != before[column]}
    assert moved <= {
        "version",
        "reported_on",
        "received_on",
        "near_from",
        "behind_from",
        *(
            {"percent"} if name in {"income", "building"} else ()  # it follows from figure and milestones
        ),
    }
    assert after["said"] == SENTENCE
    assert after["reported_on"] == TODAY
    assert row.entries.get().text == "与上周相同"


def test_it_says_how_many_it_touched_and_left_and_an_undo_stands_beside_it(cast: Cast, signed_in: SignIn) -> None:
    touched = reported(cast, "training")
    returned = [reported(cast, name, status=Status.RETURNED, return_reason="重报") for name in ("tidy", "meetings")]
    late = reported(cast, "training", "liuwan", due_on=TODAY - datetime.timedelta(days=1))
    before = picture(touched)
    page = press(signed_in)
    assert "1 格按“同上周”报了" in page
    assert re.search(r"2 格.*退回", page)
    assert re.search(r"1 格.*逾期", page)
    assert "石岭村 阵地日常维护" in page
    assert {row.status for row in map(fresh, returned)} == {Status.RETURNED}
    assert fresh(late).reported_on == LAST_WEEK
    door = reverse("change_undo", args=[ChangeSet.objects.get(verb="tasks.same_as_before").pk])
    assert f'href="{door}"' in page
    assert signed_in("hekou").post(door).status_code == 302
    follows = {"version": 0, "percent": 0}  # percent is counted anew from the entries, and the story has none
    assert picture(touched) | follows == before | follows
    assert not Entry.objects.exists()


def fresh(row: Assignment) -> Assignment:
    """The row as it stands now."""
    return Assignment.objects.get(pk=row.pk)


def test_pressed_twice_it_touches_nothing_more(cast: Cast, signed_in: SignIn) -> None:
    row = reported(cast)
    press(signed_in)
    assert "同上周”报了" not in press(signed_in)
    assert row.entries.count() == 1


def test_a_colleagues_answer_to_what_was_sent_back_is_still_taken(cast: Cast, signed_in: SignIn) -> None:
    row = reported(cast, status=Status.RETURNED, return_reason="照片不清")
    press(signed_in)
    form = {
        "learned": "phone", "tasks": str(row.task_id),
        f"c-{row.pk}": "60", f"was-{row.pk}": "40", f"version-{row.pk}": row.seen,
    }  # fmt: skip
    signed_in("hekou2").post(
        reverse("grid_row", args=[cast.places["shiling"].pk]), form, headers={"accept": "application/json"}
    )
    assert (fresh(row).status, fresh(row).percent) == (Status.IN_PROGRESS, 60)

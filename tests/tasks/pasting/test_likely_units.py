"""A figure whose unit nobody wrote is not taken for another: 200000 where 20 (万元) stands is asked about."""

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from records.changes import change_set
from tasks.models import Assignment, Task
from tasks.rules import typed_facts
from tests.cast import Cast
from tests.tasks.grid.stage import key, sheet_of_all
from tests.tasks.grid.test_pages import paste
from tests.tasks.pasting.test_chat_subjects import as_shown, ask

SignIn = Callable[[str], Client]


def stands(cast: Cast, tasks: dict[str, Task], **values: str | None) -> None:
    """What stands of 集体收入 at places; nothing of targets."""
    with change_set("tests.likely", by=cast.actor("office")) as changes:
        for row in Assignment.objects.filter(task=tasks["income"]).select_related("organisation"):
            changes.update(row, target=None)
        for place, value in values.items():
            changes.update(key(tasks, "income", cast, place), value=Decimal(value) if value else None)


@pytest.mark.parametrize(
    "told", ["收入200000", "收入200000。", "收入20,0000".replace(",", ""), "集体收入：186000", "收入0.1"]
)
def test_a_bare_figure_far_from_what_stands_is_asked_for_its_unit(cast: Cast, signed_in: SignIn, told: str) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    stands(cast, tasks, shiling="18.6")
    page = ask(client, f"石岭村：{told}")
    assert page.count("table-warning") == 1
    assert "相差一百倍以上" in page
    assert 'name="unit-0"' in page
    answer = client.post(reverse("grid_chat"), as_shown(page)).content.decode()
    assert "请在数字后面写明单位" in html.unescape(answer)
    assert key(tasks, "income", cast).value == Decimal("18.6")


@pytest.mark.parametrize(("unit", "value"), [("元", "20"), ("万元", "200000")])
def test_the_unit_that_was_chosen_holds(cast: Cast, signed_in: SignIn, unit: str, value: str) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    stands(cast, tasks, shiling="18.6")
    form = as_shown(ask(client, "石岭村：收入200000")) | {"unit-0": unit}
    assert client.post(reverse("grid_chat"), form).status_code == 302
    assert key(tasks, "income", cast).value == Decimal(value)


@pytest.mark.parametrize(
    ("known", "told", "asked"),
    [
        ({}, "收入20", True),  # nothing to compare it with
        ({}, "收入200000", True),
        ({}, "收入20万", False),
        ({"liuwan": "7"}, "收入20", False),
        ({"liuwan": "7"}, "收入200000", True),
        ({"shiling": "18.6"}, "收入19", False),
        ({"shiling": "18.6"}, "收入200000元", False),
        ({"shiling": "18.6"}, "收入200000万元", True),
        ({"shiling": "18.6"}, "收入0", False),
        ({"shiling": "0.1", "liuwan": "70"}, "收入0.12", False),  # a small village stays one
    ],
)
def test_what_is_near_is_sure(cast: Cast, signed_in: SignIn, known: dict[str, str], told: str, asked: bool) -> None:
    tasks = sheet_of_all(cast)
    stands(cast, tasks, **known)
    assert ("table-warning" in ask(signed_in("hekou"), f"石岭村：{told}")) is asked


def test_a_line_that_a_village_is_chosen_for_later_is_weighed_again(cast: Cast, signed_in: SignIn) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    stands(cast, tasks, shiling="0.5", liuwan="9000")
    page = ask(client, "石令村：收入9000")
    form = as_shown(page) | {"place-0": cast.places["shiling"].pk}
    assert "请在数字后面写明单位" in client.post(reverse("grid_chat"), form).content.decode()
    assert key(tasks, "income", cast).value == Decimal("0.5")


def test_units_sent_without_figures_are_nothing(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    form: dict[str, Any] = {"step": "save", "line-0": "石岭村：好", "place-0": cast.places["shiling"].pk}
    assert signed_in("hekou").post(reverse("grid_chat"), form | {"unit-0": ["元", "元"]}).status_code == 302


@pytest.mark.parametrize(
    ("known", "block", "filled", "faults"),
    [
        ({"shiling": "18.6", "liuwan": "7"}, [["186000"], ["7.2"]], ["7.2"], 1),
        (
            {"shiling": "18.6", "liuwan": "7"},
            [["村名", "集体收入（元）"], ["石岭村", "18.6"], ["柳湾村", "72000"]],
            ["7.2"],
            1,
        ),
        ({"shiling": "18.6"}, [["19"], ["72000"]], ["19"], 1),
        ({}, [["19"], ["7.2"]], ["19", "7.2"], 0),
        ({"shiling": "18.6", "liuwan": "7"}, [["0"], ["7.2"]], ["0", "7.2"], 0),
    ],
)
def test_a_pasted_figure_far_from_what_stands_is_not_filled_in(
    cast: Cast, signed_in: SignIn, known: dict[str, str], block: list[list[str]], filled: list[str], faults: int
) -> None:
    tasks = sheet_of_all(cast)
    stands(cast, tasks, **known)
    answer = paste(signed_in("hekou"), cast, tasks, block, place="shiling")
    assert [cell["text"] for cell in answer["fill"]] == filled
    assert len([fault for fault in answer["faults"] if "相差一百倍以上" in fault or "太小" in fault]) == faults


@pytest.mark.parametrize(("text", "unit"), [("30元", "万元"), ("0.004", "万元"), ("1㎡", "亩"), ("0.001", "")])
def test_a_figure_too_small_for_its_unit_is_no_nought(text: str, unit: str) -> None:
    with pytest.raises(typed_facts.NotRead):
        typed_facts.figure(text, unit)
    assert not re.search("[1-9]", str(typed_facts.figure("0", unit)))


def typed(client: Client, cast: Cast, tasks: dict[str, Task], text: str, **more: str) -> dict[str, Any]:
    """One figure of 石岭村's 集体收入 typed into its cell."""
    row = key(tasks, "income", cast)
    was = typed_facts.shown(row.value)
    form = {"learned": "phone", "tasks": str(row.task_id), f"c-{row.pk}": text, f"was-{row.pk}": was}
    form |= {f"version-{row.pk}": row.seen, **{f"{name}-{row.pk}": value for name, value in more.items()}}
    answer = client.post(reverse("grid_row", args=[row.organisation_id]), form, headers={"accept": "application/json"})
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("known", "text", "asked"),
    [
        ({"shiling": "18.6"}, "186000", True),
        ({"shiling": "18.6"}, "0.1", True),
        ({"liuwan": "7"}, "72000", True),  # the middle of the column
        ({"shiling": "18.6"}, "186000元", False),
        ({"shiling": "18.6"}, "200万", False),
        ({"shiling": "18.6"}, "25", False),
        ({"shiling": "18.6"}, "0", False),
        ({}, "186000", False),  # nothing to compare it with
    ],
)
def test_a_typed_figure_far_from_what_is_known_is_asked_about_and_saved_when_it_is_right(
    cast: Cast, signed_in: SignIn, known: dict[str, str], text: str, asked: bool
) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    stands(cast, tasks, **known)
    row, before = key(tasks, "income", cast), key(tasks, "income", cast).value
    answer = typed(client, cast, tasks, text)
    assert answer["asked"] == ([str(row.pk)] if asked else [])
    if asked:
        assert "相差一百倍以上" in answer["refused"][str(row.pk)]
        assert key(tasks, "income", cast).value == before
        assert typed(client, cast, tasks, text, sure="1")["asked"]  # said of another text
        assert key(tasks, "income", cast).value == before
        assert not typed(client, cast, tasks, text, sure=text)["refused"]
        assert key(tasks, "income", cast).value == Decimal(text)
    else:
        assert not answer["refused"]


def test_a_pasted_figure_that_is_far_is_filled_in_once_it_is_called_right(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    stands(cast, tasks, shiling="18.6", liuwan="7")
    answer = paste(signed_in("hekou"), cast, tasks, [["186000"], ["7.2"]], place="shiling")
    [(sentence, filled)] = answer["far"].items()
    assert sentence in answer["faults"]
    assert (filled["place"], filled["text"], filled["sure"]) == (cast.places["shiling"].pk, "186000", True)

"""A remark of a row is saved, or the row says why it is not."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tasks.grid import cells
from tasks.grid.cells import Facts
from tasks.models import Assignment, Entry
from tasks.rules.status import Shape, Status
from tests.cast import Cast
from tests.tasks.grid.stage import key, sheet_of_all

SignIn = Callable[[str], Client]
JSON = {"HTTP_ACCEPT": "application/json"}


def send(client: Client, cast: Cast, **form: object):
    place = cast.places["shiling"]
    return client.post(reverse("grid_row", args=[place.pk]), {"learned": "phone", "tasks": "", **form}, **JSON).json()


def first_about(client: Client) -> str:
    """What the page would send with the first row's remark."""
    page = client.get(reverse("grid")).content.decode()
    return page.split('name="about" value="')[1].split('"')[0]


def test_a_remark_alone_is_saved(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    client = signed_in("hekou")
    answer = send(client, cast, note="路断了，进不去", about=first_about(client))
    assert (answer["saved"], answer["unkept"]) == ("10:00", "")
    assert Entry.objects.get().text == "路断了，进不去"
    assert 'value="路断了，进不去"' in client.get(reverse("grid")).content.decode()


def test_a_remark_beside_words_alone_keeps_both(cast: Cast, signed_in: SignIn) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    tidy = key(tasks, "tidy", cast)
    form = {f"c-{tidy.pk}": "照常", f"was-{tidy.pk}": "", f"version-{tidy.pk}": tidy.version}
    send(client, cast, note="路断了", about=first_about(client), **form)
    page = client.get(reverse("grid")).content.decode()
    assert 'value="路断了"' in page
    assert 'value="照常"' in page


@pytest.mark.parametrize("about", ["", "0", "999999", "elsewhere", "closed", "words"])
def test_a_remark_about_nothing_open_is_not_said_to_be_saved(cast: Cast, signed_in: SignIn, about: str) -> None:
    tasks = sheet_of_all(cast)
    closed = key(tasks, "building", cast)
    Assignment.objects.filter(pk=closed.pk).update(status=Status.REQUESTED)
    keys = {
        "elsewhere": key(tasks, "income", cast, "liuwan").pk,
        "closed": closed.pk,
        "words": key(tasks, "tidy", cast).pk,
    }
    answer = send(signed_in("hekou"), cast, note="路断了", about=keys.get(about, about))
    assert answer["saved"] == ""
    assert answer["unkept"]
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("note", "before"), [("", "路断了"), ("  ", "路断了"), ("好" * 501, "")])
def test_a_remark_that_cannot_be_kept_is_said(cast: Cast, signed_in: SignIn, note: str, before: str) -> None:
    tasks = sheet_of_all(cast)
    about = key(tasks, "income", cast).pk
    answer = send(signed_in("hekou"), cast, note=note, about=about, **{"note-was": before})
    assert answer["saved"] == ""
    assert answer["unkept"]
    assert not Entry.objects.exists()


def test_rows_pasted_together_tell_each_of_its_own_remark(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    shiling, liuwan = (cast.places[name].pk for name in ("shiling", "liuwan"))
    rows = {
        shiling: {"learned": "phone", "note": "路断了", "about": str(key(tasks, "income", cast).pk)},
        liuwan: {"learned": "phone", "note": "桥断了", "about": ""},
    }
    form = {"tasks": ",".join(str(task.pk) for task in tasks.values()), "rows": json.dumps(rows)}
    answers = signed_in("hekou").post(reverse("grid_rows"), form, **JSON).json()["rows"]
    assert (answers[str(shiling)]["saved"], answers[str(shiling)]["unkept"]) == ("10:00", "")
    assert answers[str(liuwan)]["saved"] == ""
    assert answers[str(liuwan)]["unkept"]


def test_without_scripts_a_remark_not_kept_is_said(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    form = {"learned": "phone", "tasks": "", "note": "路断了", "about": ""}
    url = reverse("grid_row", args=[cast.places["shiling"].pk])
    assert "“路断了”没存上" in signed_in("hekou").post(url, form, follow=True).content.decode()


def test_a_remark_of_several_lines_reads_as_one_and_is_unchanged(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    client = signed_in("hekou")
    about = key(tasks, "income", cast).pk
    send(client, cast, note="路断了\r\n进不去", about=about)
    Entry.objects.update(text="路断了\n进不去")
    page = client.get(reverse("grid")).content.decode()
    assert page.count('value="路断了 进不去"') == 2  # the box, and what stood there before
    send(client, cast, note="路断了 进不去", about=about, **{"note-was": "路断了 进不去"})
    assert Entry.objects.count() == 1
    assert cells.shown(Facts(Shape.STANDING, said="路断了\n进不去"), None) == "路断了 进不去"  # type: ignore[arg-type]


def test_words_of_a_chat_without_a_figure_are_kept(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    form = {"step": "save", "learned": "phone", "line-0": "石岭村路断了", "place-0": cast.places["shiling"].pk}
    assert signed_in("hekou").post(reverse("grid_chat"), form).status_code == 302
    assert Entry.objects.get().text == "石岭村路断了"


def test_words_of_a_chat_that_are_too_long_stay_in_the_box(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    place = cast.places["shiling"].pk
    form: dict[str, object] = {"step": "save", "learned": "phone"}
    form |= {f"line-{at}": f"石岭村{at}" + "长" * 900 for at in range(3)} | {f"place-{at}": place for at in range(3)}
    page = signed_in("hekou").post(reverse("grid_chat"), form).content.decode()
    assert "石岭村2长长" in page.split("</textarea>")[0]
    assert not Entry.objects.exists()

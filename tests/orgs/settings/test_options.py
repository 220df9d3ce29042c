"""Settings that belong to an organisation: the nearest value wins, pages keep and undo them, followers follow."""

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from orgs import options
from orgs.actor import Actor
from orgs.county import option_values
from orgs.history import actions as history
from orgs.models import OptionValue, Organisation
from orgs.settings import actions
from records.changes import Conflict, Writer
from records.models import ChangeSet
from tests.cast import Cast

SignedIn = Callable[[str], Client]
followed: list[tuple[str, int]] = []


def follow(changes: Writer, organisation: Organisation, now: options.Options, by: Actor) -> None:
    """Write what follows: the village's short name says the number."""
    followed.append((str(organisation), now["tests.days"]))
    village = Organisation.objects.get(code="990121100200")
    changes.update(village, short_name=f"第{now['tests.days']}天")


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "_declared", {})
    followed.clear()
    declare = options.declare
    number = lambda: forms.IntegerField(min_value=0, max_value=30)  # noqa: E731
    declare("tests.days", "临期天数", 3, field=number, section="亮灯", help="工作日", on_change=follow)
    declare("tests.more", "再提前", 5, field=number, section="亮灯", on_change=follow)
    declare("tests.share", "比例", decimal.Decimal("0.3"), field=forms.DecimalField, section="序时")
    declare("tests.day", "起算日", datetime.date(2026, 1, 1), field=forms.DateField, section="序时")
    declare("tests.on", "启用", True, field=lambda: forms.BooleanField(required=False), section="亮灯")
    declare(
        "tests.colours",
        "督办单",
        ["blue"],
        field=lambda: forms.MultipleChoiceField(choices=[("blue", "蓝单"), ("red", "红单")]),
        section="序时",
    )


def save(cast: Cast, by: str = "office", **values: Any) -> int:
    given = {f"tests.{name}": value for name, value in values.items()}
    return actions.save(cast.places["county"], given, {}, by=cast.actor(by))


def test_what_nobody_set_holds_as_declared(cast: Cast) -> None:
    found = option_values.of(cast.places["shiling"])
    assert (found["tests.days"], found["tests.on"], found["tests.colours"]) == (3, True, ["blue"])
    with pytest.raises(KeyError):
        found["tests.unknown"]


def test_values_come_back_as_the_fields_own_type(cast: Cast) -> None:
    day = datetime.date(2026, 3, 1)
    save(cast, days=7, share=decimal.Decimal("0.25"), day=day, on=False, colours=["blue", "red"])
    found = cast.actor("shiling").options
    assert dict(found) == {
        "tests.days": 7,
        "tests.more": 5,
        "tests.share": decimal.Decimal("0.25"),
        "tests.day": day,
        "tests.on": False,
        "tests.colours": ["blue", "red"],
    }


def test_the_nearest_value_wins_in_one_query(cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for place, value in (("city", 9), ("county", 7), ("jinling", 2)):
        OptionValue.objects.create(organisation=cast.places[place], key="tests.days", value=value)
    with django_assert_num_queries(1):
        assert option_values.of(cast.places["shiling"])["tests.days"] == 7
    assert option_values.of(cast.places["shangfang"])["tests.days"] == 2
    assert option_values.of(cast.places["city"])["tests.days"] == 9
    assert option_values.above(cast.places["county"])["tests.days"] == 9
    with django_assert_num_queries(1):
        everywhere = option_values.Everywhere()
        for place in cast.places.values():
            everywhere.at(place.path)
    for place in cast.places.values():
        assert everywhere.at(place.path)["tests.days"] == option_values.of(place)["tests.days"]


def test_a_value_that_is_none_any_more_gives_way_to_the_declared_one(cast: Cast) -> None:
    OptionValue.objects.create(organisation=cast.places["county"], key="tests.days", value="dozens")
    assert option_values.of(cast.places["county"])["tests.days"] == 3


def test_saving_what_holds_anyway_keeps_no_row(cast: Cast) -> None:
    assert save(cast, days=3) == 0
    assert not ChangeSet.objects.filter(verb="orgs.options").exists()
    assert save(cast, days=4) == 1
    assert save(cast, days=3) == 1
    assert not OptionValue.objects.exists()


def test_only_the_county_office_sets_and_only_for_its_own(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        save(cast, by="hekou", days=4)
    with pytest.raises(PermissionDenied):
        actions.save(cast.places["city"], {"tests.days": 4}, {}, by=cast.actor("office"))
    with pytest.raises(PermissionDenied):
        actions.reset(cast.places["county"], "tests.days", by=cast.actor("leader"))


def test_what_follows_is_written_once_in_the_same_change_set_and_goes_back_with_it(cast: Cast) -> None:
    save(cast, days=4, more=6)
    assert followed == [(str(cast.places["county"]), 4)]
    record = ChangeSet.objects.get(verb="orgs.options")
    assert set(record.changes.values_list("kind", flat=True)) == {"orgs.optionvalue", "orgs.organisation"}
    assert Organisation.objects.get(code="990121100200").short_name == "第4天"
    history.undo_change_set(record, by=cast.actor("office"))
    assert followed[-1] == (str(cast.places["county"]), 3)  # asked once more: rows may have come to be meanwhile
    assert Organisation.objects.get(code="990121100200").short_name == "第3天"
    assert option_values.of(cast.places["county"])["tests.days"] == 3


def test_taking_back_lets_follow_too_and_can_be_undone(cast: Cast) -> None:
    save(cast, days=4)
    assert actions.reset(cast.places["county"], "tests.days", by=cast.actor("office"))
    assert not actions.reset(cast.places["county"], "tests.days", by=cast.actor("office"))
    assert [days for _name, days in followed] == [4, 3]
    history.undo_change_set(ChangeSet.objects.get(verb="orgs.options_reset"), by=cast.actor("office"))
    assert option_values.of(cast.places["county"])["tests.days"] == 4


def test_a_value_set_meanwhile_is_a_conflict(cast: Cast) -> None:
    save(cast, days=8)
    with pytest.raises(Conflict):
        actions.save(cast.places["county"], {"tests.days": 4}, {"tests.days": 3}, by=cast.actor("office2"))


def sent(client: Client, **changed: str) -> dict[str, Any]:
    """The form as the page shows it, with some fields changed."""
    form = client.get(reverse("settings")).context["form"]
    data: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        for prefix in ("", "initial-"):
            if isinstance(value, bool):
                data |= {f"{prefix}{name}": "on"} if value and not prefix else {f"{prefix}{name}": str(value)}
                if not value and not prefix:
                    del data[name]
            else:
                data[f"{prefix}{name}"] = value
    return data | {f"tests.{name}": value for name, value in changed.items()}


def test_the_page_saves_what_was_changed_and_shows_what_is_shipped(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    page = client.get(reverse("settings")).content.decode()
    assert page.index("亮灯") < page.index("序时")
    assert "蓝单" in page
    answer = client.post(reverse("settings"), sent(client, days="4"))
    assert answer.status_code == 302
    assert list(OptionValue.objects.values_list("key", "value")) == [("tests.days", 4)]
    page = client.get(reverse("settings")).content.decode()
    assert page.count('form="reset-tests.days"') == 1
    assert "临期天数" in page[page.index('id="history"') :]
    client.post(reverse("setting_reset", args=["tests.days"]))
    assert not OptionValue.objects.exists()
    assert client.post(reverse("setting_reset", args=["tests.nothing"])).status_code == 404


def test_two_people_changing_different_numbers_lose_neither(cast: Cast, signed_in: SignedIn) -> None:
    first, second = signed_in("office"), signed_in("office2")
    mine, theirs = sent(first, days="4"), sent(second, more="6")
    assert first.post(reverse("settings"), mine).status_code == 302
    assert second.post(reverse("settings"), theirs).status_code == 302
    found = option_values.of(cast.places["county"])
    assert (found["tests.days"], found["tests.more"]) == (4, 6)


def test_two_people_changing_the_same_number_see_both_values(cast: Cast, signed_in: SignedIn) -> None:
    first, second = signed_in("office"), signed_in("office2")
    mine, theirs = sent(first, days="4"), sent(second, days="9")
    first.post(reverse("settings"), mine)
    answer = second.post(reverse("settings"), theirs)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“4”" in page
    assert 'value="9"' in page
    again = theirs | {"initial-tests.days": answer.context["form"].data["initial-tests.days"]}
    assert second.post(reverse("settings"), again).status_code == 302
    assert option_values.of(cast.places["county"])["tests.days"] == 9


def test_a_number_out_of_bounds_is_said_beside_the_field(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    answer = client.post(reverse("settings"), sent(client, days="99"))
    assert answer.status_code == 422
    assert "30" in answer.content.decode()
    assert not OptionValue.objects.exists()

"""Who closes what: townships their villages' items, the county those of townships, nobody what they asked for."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from orgs.models import Responsibility
from orgs.rules import Duty
from records.changes import change_set
from tasks import answers, verifiers
from tasks.audience import Audience
from tasks.closing import actions as closing_close_out
from tasks.models import Assignment
from tasks.refusals import StepRefused
from tasks.rules.status import Status
from tests.cast import Cast
from tests.tasks.stage import issued, of


def fresh(row: Assignment) -> Assignment:
    return Assignment.objects.get(pk=row.pk)


def waits_for(cast: Cast, who: str) -> set[str]:
    return {row.organisation.name for row in verifiers.by_default(cast.actor(who))}


@pytest.fixture
def asked(cast: Cast) -> Assignment:
    """石岭村's close-out, asked for by 河口组织委员."""
    row = of(issued(cast), cast.places["shiling"])
    closing_close_out.request_close(row, by=cast.actor("hekou"), result="已竣工")
    return fresh(row)


def test_nobody_closes_what_they_asked_for_and_the_refusal_names_who_can(cast: Cast, asked: Assignment) -> None:
    for step in (
        lambda: closing_close_out.close(asked, by=cast.actor("hekou")),
        lambda: closing_close_out.close_all([asked], by=cast.actor("hekou"), expected={asked.pk: asked.version}),
        lambda: closing_close_out.send_back(asked, by=cast.actor("hekou"), reason="缺"),
    ):
        with pytest.raises(PermissionDenied) as refused:
            step()
        assert "河口干事" in str(refused.value)
        assert "河口书记" in str(refused.value)
        assert "河口组织委员" not in str(refused.value)
    assert fresh(asked).status == Status.REQUESTED


@pytest.mark.parametrize("who", ["hekou2", "hekou_leader", "office", "office2"])
def test_a_colleague_the_leader_and_the_county_can(cast: Cast, asked: Assignment, who: str) -> None:
    closing_close_out.close(asked, by=cast.actor(who))
    assert fresh(asked).status == Status.CLOSED


def test_a_request_waits_for_the_township_and_not_for_the_county(cast: Cast, asked: Assignment, signed_in) -> None:  # type: ignore[no-untyped-def]
    assert waits_for(cast, "hekou2") == {"石岭村"}
    assert waits_for(cast, "hekou_leader") == {"石岭村"}
    assert waits_for(cast, "hekou") == set()
    assert waits_for(cast, "jinling") == waits_for(cast, "office") == waits_for(cast, "shiling") == set()
    shown = signed_in("office").get(f"{reverse('verification')}?all=1")
    assert [row.pk for row in shown.context["page"]] == [asked.pk]
    own = signed_in("hekou").get(f"{reverse('verification')}?all=1").content.decode()
    assert f'action="{reverse("assignment_close", args=[asked.pk])}"' not in own


def test_where_a_township_has_nobody_else_the_county_is_asked(cast: Cast) -> None:
    row = of(issued(cast), cast.places["shangfang"])
    closing_close_out.request_close(row, by=cast.actor("jinling"), result="已竣工")
    assert waits_for(cast, "jinling") == set()
    assert waits_for(cast, "office") == {"上坊村"}


def test_a_task_may_keep_the_closing_with_the_county(cast: Cast) -> None:
    row = of(issued(cast, village_closer="county"), cast.places["shiling"])
    closing_close_out.request_close(row, by=cast.actor("shiling"), result="已竣工")
    assert waits_for(cast, "hekou") == set()
    assert waits_for(cast, "office") == {"石岭村"}
    with pytest.raises(PermissionDenied):
        closing_close_out.close(fresh(row), by=cast.actor("hekou"))


def test_a_townships_own_items_are_the_countys(cast: Cast) -> None:
    task = issued(cast, audience=Audience(kinds=("township",)))
    row = of(task, cast.places["hekou"])
    closing_close_out.request_close(row, by=cast.actor("hekou"), result="已部署")
    assert waits_for(cast, "hekou2") == set()
    assert waits_for(cast, "office") == {"河口镇"}
    with pytest.raises(PermissionDenied, match=r"\w"):
        closing_close_out.close(fresh(row), by=cast.actor("hekou_leader"))
    closing_close_out.close(fresh(row), by=cast.actor("office"))


def test_the_seven_answers_stand_and_only_what_is_missing_is_asked(cast: Cast) -> None:
    row = of(issued(cast), cast.places["shiling"])
    person = answers.person_of(row, cast.actor("hekou").on)
    assert person.name == "王文书"
    assert [answer.name for answer in answers.answers_of(row, person) if answer.asked] == ["result"]
    assert answers.missing(row, person, "") == ["result"]
    Responsibility.objects.filter(organisation=row.organisation).delete()
    with pytest.raises(StepRefused) as refused:
        closing_close_out.request_close(row, by=cast.actor("hekou"), result="已竣工")
    assert refused.value.field == "responsible"
    closing_close_out.request_close(row, by=cast.actor("hekou"), result="已竣工", responsible="李支书")
    assert fresh(row).responsible == "李支书"


def test_the_nearest_of_the_responsibility_table_is_named(cast: Cast) -> None:
    row = of(issued(cast), cast.places["liuwan"])
    day = cast.actor("hekou").on
    with change_set("tests.people", by=None, at=cast.actor("hekou").now) as changes:
        over = day - datetime.timedelta(days=1)
        Responsibility.objects.filter(organisation=row.organisation).update(until=over)
        for duty, name in ((Duty.AREA_LEADER, "片长"), (Duty.VILLAGE_CADRE, "包村干部")):
            changes.create(Responsibility(organisation=row.organisation, duty=duty, person_name=name))
    assert answers.person_of(row, day).name == "包村干部"


def test_closing_is_impossible_with_one_blank(cast: Cast, asked: Assignment) -> None:
    asked.task.consequence = ""
    asked.task.save()
    with pytest.raises(StepRefused, match=r"完不成|not done"):
        closing_close_out.close(fresh(asked), by=cast.actor("hekou2"))
    assert fresh(asked).status == Status.REQUESTED

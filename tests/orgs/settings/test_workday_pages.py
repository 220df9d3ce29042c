"""The calendar a county keeps: entries over the published days, for its subtree, in the history, on every page."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dates import clock, workdays
from orgs.county import calendars
from orgs.history import actions as history
from orgs.models import WorkdayException
from orgs.settings import workday_actions as actions
from orgs.settings.workday_list import Day
from records.models import ChangeSet
from tests.cast import TODAY, Cast
from tests.orgs.settings.test_workday_list import NOTICES

SignedIn = Callable[[str], Client]
THURSDAY = datetime.date(2026, 11, 19)
SATURDAY = datetime.date(2026, 11, 21)


def enter(cast: Cast, *days: tuple[datetime.date, str], by: str = "office") -> int:
    given = [Day(day, kind, "县庆") for day, kind in days]
    return actions.enter(cast.places["county"], given, "县政府公告", by=cast.actor(by))


def test_an_entry_holds_for_the_subtree_and_nowhere_else(cast: Cast) -> None:
    assert enter(cast, (THURSDAY, "rest"), (SATURDAY, "work")) == 2
    calendar = cast.actor("shiling").calendar
    assert (calendar.works(THURSDAY), calendar.works(SATURDAY)) == (False, True)
    assert calendar.on_or_after(THURSDAY) == datetime.date(2026, 11, 20)
    assert calendar.between(TODAY, SATURDAY) == 2
    assert cast.actor("city").calendar is workdays.NATIONAL
    assert workdays.is_workday(THURSDAY)


def test_the_nearest_entry_wins_and_the_question_is_one_query(cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    enter(cast, (THURSDAY, "rest"))
    WorkdayException.objects.create(organisation=cast.places["city"], day=THURSDAY, kind="work")
    WorkdayException.objects.create(organisation=cast.places["hekou"], day=SATURDAY, kind="work")
    with django_assert_num_queries(1):
        village = calendars.calendar_of(cast.places["shiling"])
    assert (village.works(THURSDAY), village.works(SATURDAY)) == (False, True)
    with django_assert_num_queries(1):
        everywhere = calendars.Calendars()
        found = [everywhere.at(place.path) for place in cast.places.values()]
    assert found == [calendars.calendar_of(place) for place in cast.places.values()], "equal days, one calendar"
    assert everywhere.every()[0] is workdays.NATIONAL
    assert len(everywhere.every()) == 4


def test_what_is_published_anyway_needs_no_entry(cast: Cast) -> None:
    assert enter(cast, (datetime.date(2026, 10, 1), "rest"), (THURSDAY, "work")) == 0
    assert not WorkdayException.objects.exists()
    assert enter(cast, (THURSDAY, "rest")) == 1
    assert enter(cast, (THURSDAY, "rest")) == 0
    assert enter(cast, (THURSDAY, "work")) == 1, "one's own entry may be turned round"


def test_only_the_county_office_enters(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        enter(cast, (THURSDAY, "rest"), by="hekou")


def test_what_follows_is_in_the_same_change_set_and_undo_takes_both_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_followers", [])

    def follow(changes, organisation, by) -> None:  # type: ignore[no-untyped-def]
        works = calendars.calendar_of(organisation).works(THURSDAY)
        changes.update(type(organisation).objects.get(pk=cast.places["liuwan"].pk), short_name=str(works))

    actions.when_changed(follow)
    actions.when_changed(follow)
    enter(cast, (THURSDAY, "rest"))
    record = ChangeSet.objects.get(verb="orgs.workdays")
    assert record.changes.count() == 2
    history.undo_change_set(record, by=cast.actor("office"))
    assert calendars.calendar_of(cast.places["county"]) is workdays.NATIONAL


def test_a_year_with_its_list_entered_is_known(cast: Cast) -> None:
    year = [(datetime.date(2027, 2, n), "rest") for n in range(5, 14)]
    enter(cast, *year)
    assert not calendars.calendar_of(cast.places["hekou"]).knows(2027), "a few days are no list"
    enter(cast, *((datetime.date(2027, 10, n), "rest") for n in range(1, 8)))
    calendar = calendars.calendar_of(cast.places["hekou"])
    assert calendar.knows(2027)
    assert not workdays.NATIONAL.knows(2027)


def test_the_page_enters_shows_and_takes_back(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    form = {"first": "2026-11-19", "last": "2026-11-20", "kind": "rest", "name": "县庆", "source": "县政府公告"}
    assert client.post(reverse("workdays"), form).status_code == 302
    page = client.get(reverse("workdays"), {"year": "2026"}).content.decode()
    assert "县庆" in page
    assert "春节" in page
    assert "县政府公告" in page
    row = WorkdayException.objects.get(day=THURSDAY)
    client.post(reverse("workday_remove", args=[row.pk]))
    assert list(WorkdayException.objects.values_list("day", flat=True)) == [datetime.date(2026, 11, 20)]


def test_a_stretch_that_runs_backwards_is_refused_in_words(signed_in: SignedIn) -> None:
    form = {"first": "2026-11-19", "last": "2026-11-18", "kind": "rest"}
    assert signed_in("office").post(reverse("workdays"), form).status_code == 422
    assert not WorkdayException.objects.exists()


def test_7_the_year_2027_is_marked_as_not_set_up(signed_in: SignedIn) -> None:
    client = signed_in("office")
    page = client.get(reverse("workdays"), {"year": "2027"}).content.decode()
    assert "未配置" in page
    assert "春节" not in page, "nothing is made up for a year nobody has published"
    assert "未配置" not in client.get(reverse("workdays"), {"year": "2026"}).content.decode()


@pytest.mark.parametrize("name", ["week", "board", "deliveries", "reminder_kinds"])
def test_from_december_the_county_office_is_warned_where_deadlines_are(
    name: str, cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, township = signed_in("office"), signed_in("hekou")
    for day, warned in ((30, False), (31, True)):
        moment = clock.at_noon(datetime.date(2026, 10, 31) + workdays.DAY * day)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert ("未配置" in office.get(reverse(name)).content.decode()) is warned
        assert "未配置" not in township.get(reverse(name)).content.decode()
    enter(cast, *((datetime.date(2027, 10, n), "rest") for n in range(1, 12)))
    assert "未配置" not in office.get(reverse(name)).content.decode()


def test_a_pasted_notice_is_shown_first_and_then_saved(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    notice = NOTICES[2025].replace("1月1日（周三）放假1天，不调休", "1月1日（周五）至3日（周日）放假")
    form = {"year": "2027", "text": notice, "source": "国办发明电"}
    answer = client.post(reverse("workdays_paste"), form)
    assert not WorkdayException.objects.exists()
    assert len(answer.context["found"].days) > 25
    sent = form | {"sure": "yes", "shown": answer.context["shown"]}
    assert client.post(reverse("workdays_paste"), sent).status_code == 302
    assert WorkdayException.objects.count() == len(answer.context["found"].days)
    assert ChangeSet.objects.filter(verb="orgs.workdays").count() == 1
    assert "未配置" not in client.get(reverse("workdays"), {"year": "2027"}).content.decode()


def test_days_that_were_not_shown_are_not_saved(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    form = {"year": "2027", "text": "2月5日 休 春节", "source": ""}
    seen = client.post(reverse("workdays_paste"), form).context["shown"]
    more = form | {"text": "2月5日 休 春节\n2月6日 休 春节", "sure": "yes"}
    again = client.post(reverse("workdays_paste"), more | {"shown": seen})
    assert again.status_code == 422
    assert not WorkdayException.objects.exists()
    assert client.post(reverse("workdays_paste"), more | {"shown": again.context["shown"]}).status_code == 302
    assert WorkdayException.objects.count() == 2


def test_a_line_not_understood_holds_back_the_whole_list_and_loses_nothing(signed_in: SignedIn) -> None:
    form = {"year": "2027", "text": "2月5日 休 春节\n2月30日 休", "source": "", "sure": "yes"}
    page = signed_in("office").post(reverse("workdays_paste"), form).content.decode()
    assert not WorkdayException.objects.exists()
    assert "2月5日 休 春节" in page
    assert "2027-2-30" in page


def test_a_text_without_a_day_is_said(signed_in: SignedIn) -> None:
    answer = signed_in("office").post(reverse("workdays_paste"), {"year": "2027", "text": "关于放假安排的通知"})
    assert answer.status_code == 422

"""What stories about reminders need: a clock that can be set, tasks given to places, mail addresses."""

import datetime
from collections.abc import Callable

import pytest

from dates import clock
from records.changes import change_set
from tasks.models import Assignment, Programme, Task, Theme
from tasks.rules.status import Basic, Status, TaskStatus
from tests.cast import TODAY, Cast

DAY = datetime.timedelta(days=1)
MORNING = datetime.time(9)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., datetime.datetime]:
    """Sets the clock to a day and an hour."""

    def set_to(day: datetime.date, hour: int = 9, minute: int = 0) -> datetime.datetime:
        at = datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=clock.datetime_zone())
        monkeypatch.setattr(clock, "now", lambda: at)
        return at

    return set_to


class Desk:
    """Gives tasks to organisations of the cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        for key, user in cast.people.items():
            user.email = f"{key}@example.org"
            user.save()
        programme = Programme.objects.create(
            organisation=cast.places["county"], name="五个基本建设", first_year=2026, last_year=2027
        )
        self.theme = Theme.objects.create(
            programme=programme, name="集体经济", basic=Basic.GUARANTEE, lead=cast.places["agriculture"]
        )

    def give(self, title: str, *places: str, due: datetime.date, days: int = 40, **values: object) -> list[Assignment]:
        """A task given ``days`` before it is due."""
        with change_set("tests.give", by=None, at=clock.at_noon(TODAY)) as changes:
            task = changes.create(
                Task(
                    theme=self.theme,
                    title=title,
                    status=TaskStatus.ISSUED,
                    organisation=self.cast.places["county"],
                    keeper=self.cast.posts["office"],
                    due_on=due,
                    issued_at=clock.at_noon(due - days * DAY),
                )
            )
            rows = [
                Assignment.given(
                    **{
                        "on": TODAY,
                        "task": task,
                        "organisation": self.cast.places[p],
                        "due_on": due,
                        "status": Status.RECEIVED,
                    }
                    | values
                )
                for p in places
            ]
            return changes.create_all(rows)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)

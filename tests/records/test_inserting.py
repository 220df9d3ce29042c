"""Rows written together stand as ``bulk_create`` would have stored them, whatever they hold alike."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, models, transaction

from dates import clock
from records.inserting import BATCH, insert
from records.models import Change, ChangeSet, StoredFile
from tasks.models import Assignment, Milestone
from tests.cast import Cast
from tests.tasks.stage import issued

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 25, 4, 0, tzinfo=datetime.UTC)


def stored(rows: list[models.Model]) -> list[dict[str, object]]:
    """The rows as the database gives them back, in the order of the keys, which are left out."""
    found = type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).order_by("pk").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


def changes_of(record: ChangeSet, count: int) -> list[Change]:
    """Rows with every kind of alike and unlike column, more of them than one statement takes."""
    return [
        Change(
            change_set=record,
            kind="tests.thing",
            object_id=number,
            organisation_id=number if number % 3 else None,
            before=None if number % 2 else {"name": "石岭村", "amount": "5.00"},
            after={"number": number, "yes": True, "text": "100 % ‘’ '; \\ \""},
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, BATCH + 7])
def test_rows_stand_as_bulk_create_stores_them(count: int) -> None:
    record = ChangeSet.objects.create(verb="test", at=NOON)
    ours, theirs = changes_of(record, count), changes_of(record, count)
    insert(ours)
    Change.objects.bulk_create(theirs)
    assert stored([*ours]) == stored([*theirs])


def test_each_row_gets_its_own_key() -> None:
    record = ChangeSet.objects.create(verb="test", at=NOON)
    rows = changes_of(record, BATCH + 7)
    insert(rows)
    read = Change.objects.in_bulk([row.pk for row in rows])
    assert [read[row.pk].object_id for row in rows] == list(range(BATCH + 7))
    assert not any(row._state.adding for row in rows)


def test_rows_that_are_all_alike_are_as_many_as_given() -> None:
    rows = [ChangeSet(verb="test", at=NOON) for _number in range(5)]
    insert(rows)
    assert ChangeSet.objects.filter(verb="test").count() == 5
    assert len({row.pk for row in rows}) == 5


def test_a_row_keeps_the_key_it_brings() -> None:
    rows = [ChangeSet(pk=pk, verb="test", at=NOON) for pk in (70_001, None, 70_003)]
    insert(rows)
    assert (rows[0].pk, rows[2].pk) == (70_001, 70_003)
    assert rows[1].pk not in {None, 70_001, 70_003}
    assert ChangeSet.objects.filter(verb="test").count() == 3


def test_a_moment_a_row_sets_itself_is_set() -> None:
    row = StoredFile(sha256="a" * 64, size=1, content_type="text/plain")
    insert([row])
    assert StoredFile.objects.get(pk=row.pk).added_at is not None


def test_a_row_may_point_to_one_that_was_stored_later(cast: Cast) -> None:
    day, place = clock.today(), cast.places["hongda"]
    row = Assignment.given(task=issued(cast), organisation=place, on=day, due_on=day, target=Decimal(5))
    part = Milestone(assignment=row, position=0, name="开工", due_on=row.due_on, original_due_on=row.due_on)
    insert([row])
    insert([part])
    assert Milestone.objects.get(pk=part.pk).assignment.target == Decimal("5.00")


def test_what_the_database_refuses_is_raised() -> None:
    record = ChangeSet(pk=70_001, verb="test", at=NOON)
    insert([record])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([ChangeSet(pk=70_001, verb="again", at=NOON)])

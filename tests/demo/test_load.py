"""The demo county: the same day gives the same rows, and every row is one the actions could have left."""

import datetime
import io
import json
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Model

from dates import workdays
from demo import state
from demo.county import County
from demo.days import Days
from demo.fixture import read
from demo.load import load
from orgs.models import Organisation, OrganisationName, Post, Relation, Responsibility, TermOfOffice, User, YearRating
from orgs.rules import Duty, Kind, Role, form_fits, kind_fits, role_fits
from records.models import Change, ChangeSet
from tasks.models import Assignment, Entry, Evidence, Snapshot, Task, Theme
from tasks.rules.status import EntryKind, Shape, Status, TaskStatus, missing_answers
from tests.cast import TODAY
from tests.demo.conftest import SMALL

BUSINESS = [
    *(Organisation, OrganisationName, Relation, YearRating, TermOfOffice, User, Post, Responsibility),
    *(Theme, Task, Assignment, Entry, Evidence, Snapshot, ChangeSet),
]
KEYS = {"version", "password", "audience"}  # primary keys hide in these


def rows_of(model: type[Model]) -> list[dict[str, Any]]:
    """Every row as values, with names in place of primary keys."""
    found = []
    keys = [f.name for f in model._meta.concrete_fields if f.is_relation]
    for row in model._default_manager.order_by("pk").select_related(*keys):
        values = {}
        for field in model._meta.concrete_fields:
            if field.primary_key or field.name in KEYS:
                continue
            value = getattr(row, field.name)
            values[field.name] = str(getattr(value, "code", value)) if isinstance(value, Model) else value
        found.append(values)
    # Snapshots come from one INSERT … SELECT, whose order a database is free to choose
    return sorted(found, key=repr) if model is Snapshot else found


def test_the_same_day_gives_the_same_rows(small: County) -> None:
    """Over an older demo, which is cleared."""
    first = {model: rows_of(model) for model in BUSINESS}
    changes = Change.objects.count()
    load(TODAY, SMALL)
    for model in BUSINESS:
        assert rows_of(model) == first[model], model
    assert Change.objects.count() == changes
    assert all(rows for rows in first.values())


def test_it_moves_to_a_later_day(small: County) -> None:
    later = TODAY + datetime.timedelta(days=7)
    load(later, SMALL)
    assert state.date() == later
    assert Organisation.objects.filter(kind=Kind.COUNTY).count() == 1
    assert Snapshot.objects.latest("day").day == Days(later).worked[-1]


def test_an_organisation_added_to_the_demo_stops_a_reload(small: County) -> None:
    """A real register imported beside the demo must not go with it."""
    Organisation.objects.create(code="110000000000", name="某市", kind=Kind.CITY, path="zzzzz", depth=0)
    with pytest.raises(state.NotTheDemo):
        load(TODAY, SMALL)


def test_a_load_that_fails_leaves_what_was_there(small: County, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Entry.objects.count()

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tasks.board.snapshots.take", stop)
    with pytest.raises(KeyboardInterrupt):
        load(TODAY, SMALL)
    assert Entry.objects.count() == before
    assert state.date() == TODAY


def test_the_tree_keeps_the_rules(small: County) -> None:
    for row in Organisation.objects.select_related("parent"):
        parent = row.parent
        assert kind_fits(row.kind, parent.kind if parent else None), row
        assert form_fits(row.party_form, parent.party_form if parent else None), row
        assert row.code.startswith(state.PREFIX)
    assert Organisation.objects.filter(kind=Kind.WORKING_COMMITTEE).count() == 4


def test_every_role_has_somebody_who_may_hold_it(small: County) -> None:
    posts = list(Post.objects.select_related("organisation", "user").held_on(TODAY))
    assert {post.role for post in posts} == set(Role.values)
    assert all(role_fits(post.role, post.organisation.kind) for post in posts)
    assert max(Counter(post.user_id for post in posts).values()) == 2
    assert all(user.check_password(read("people")["password"]) for user in User.objects.all()[:3])


def test_nobody_has_a_phone(small: County) -> None:
    assert not User.objects.exclude(phone="").exists()
    assert not Responsibility.objects.exclude(phone="").exists()


def test_rows_hold_together(small: County) -> None:
    """What each status promises: dates in order, reasons where sent back, nothing in the future or on a day off."""
    for row in Assignment.objects.select_related("task"):
        issued_on = row.task.issued_at.date()
        assert issued_on < row.due_on
        dates = [row.received_on, row.reported_on, row.requested_on, row.closed_on]
        assert all(issued_on <= day < TODAY and workdays.is_workday(day) for day in dates if day), row
        assert (row.status == Status.CLOSED) == (row.closed_on is not None)
        assert (row.status in {Status.REQUESTED, Status.CLOSED}) == (row.requested_on is not None)
        unsaid = row.task.shape == Shape.MILESTONES and not row.variant  # its milestones are still to come
        assert unsaid or (row.percent is None) <= (row.reported_on is None)
        assert row.status != Status.RETURNED or row.return_reason
        assert row.status != Status.ISSUED or row.received_on is None
        if row.requested_on and row.task.evidence_wanted:
            assert Evidence.objects.filter(entry__assignment=row).exists()


def test_tasks_answer_their_questions(small: County) -> None:
    issued = Task.objects.filter(status=TaskStatus.ISSUED)
    assert issued.count() == 25
    assert set(issued.values_list("shape", flat=True)) == set(Shape.values)
    assert all(not missing_answers(task.answers, task.measures) for task in issued)
    drafts = Task.objects.filter(status=TaskStatus.DRAFT)
    assert [bool(missing_answers(task.answers, task.measures)) for task in drafts.order_by("id")] == [False, True]
    assert Theme.objects.count() == 8
    assert not Theme.objects.filter(lead=None).exists()
    assert set(issued.values_list("source_kind", flat=True)) == {"document", "meeting", "instruction"}


def test_whoever_enters_for_another_says_how_it_was_learned(small: County) -> None:
    for entry in Entry.objects.filter(kind=EntryKind.PROGRESS, percent__isnull=False).select_related(
        "post", "assignment"
    ):
        own = entry.post.organisation_id == entry.assignment.organisation_id
        assert bool(entry.learned) != own


def test_every_day_worked_has_its_snapshot_and_the_last_one_adds_up(small: County) -> None:
    days = Days(TODAY).worked
    assert set(Snapshot.objects.values_list("day", flat=True)) == set(days) - set(_without_tasks(days))
    last = Snapshot.objects.filter(day=days[-1])
    assert sum(row.total for row in last) == Assignment.objects.count()
    assert sum(row.closed for row in last) == Assignment.objects.filter(status=Status.CLOSED).count()
    assert sum(row.overdue for row in last) == Assignment.objects.overdue_on(days[-1]).count()


def _without_tasks(days: list[datetime.date]) -> list[datetime.date]:
    first = min(task["issued"] for task in read("tasks")["tasks"])
    return days[:first]


def test_there_are_gaps_to_find(small: County) -> None:
    pairings = Responsibility.objects.filter(duty=Duty.PAIRING_UNIT)
    assert pairings.filter(delivered=0).exists()
    assert pairings.filter(delivered__gt=0).exists()


def test_the_history_tells_the_row_as_it_stands(small: County) -> None:
    """Played from the first change to the last, the history of an assignment ends in its row."""
    for row in Assignment.objects.order_by("?")[:50]:
        played: dict[str, Any] = {}
        for change in Change.objects.filter(kind="tasks.assignment", object_id=row.pk).order_by("id"):
            before = change.before or {}
            assert {name: played[name] for name in before} == before
            played |= change.after
        assert played["status"] == row.status
        assert played["percent"] == row.percent
        assert played["version"] == row.version
        assert json.dumps(played["closed_on"]) == json.dumps(row.closed_on and row.closed_on.isoformat())


def test_accounts_and_status_are_told_without_loading(small: County) -> None:
    told = io.StringIO()
    call_command("load_demo", status=True, stdout=told)
    assert told.getvalue().strip() == "2026-11-18"
    sets = ChangeSet.objects.count()
    table = io.StringIO()
    call_command("load_demo", accounts=True, stdout=table)
    assert "dangjianban" in table.getvalue()
    assert read("people")["password"] in table.getvalue()
    assert table.getvalue().count("dangjianban2") == 2  # both posts
    assert ChangeSet.objects.count() == sets


def test_the_ledgers_give_every_board_something_to_show(small: County) -> None:
    from ledgers.boards import ALL
    from ledgers.boards.board import Chosen, Counts
    from ledgers.kinds import Ledgers
    from ledgers.models import Entry
    from ledgers.rules.checks import Severity
    from ledgers.rules.values import faults
    from ledgers.sealing import open_all

    office = small.actor(small.posts["dangjianban"], TODAY)
    for board in ALL:
        counts = Counts(board, Chosen(office, TODAY.year))
        assert sum(1 for figure in board.figures if counts.total(figure.name).count) > len(board.figures) / 2, board.key
    ledgers = Ledgers()
    for row in Entry.objects.select_related("organisation"):
        kind = ledgers.at(row.organisation.path)[row.ledger]
        broken = [f.message for f in faults(kind, open_all(row.values)) if f.severity == Severity.ERROR]
        assert broken == [], (row.ledger, row.values)

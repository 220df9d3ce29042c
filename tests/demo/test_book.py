"""What the demo writes in bulk is what the actions would have written, row for row."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from demo.book import Book, Deed
from orgs.actor import Actor
from records import files
from records.models import Change
from tasks.closing import actions as closing
from tasks.facts.actions import Fact
from tasks.models import Assignment, Entry, Evidence, Programme, Task, Theme
from tasks.reporting import actions
from tasks.rules.status import EntryKind, Shape, Status, Step
from tests.cast import TODAY, Cast
from tests.tasks.facts.test_shapes import given_out
from tests.tasks.stage import ANSWERS, of

DAY = TODAY - datetime.timedelta(days=7)
OTHER = {"version", "at", "assignment_id", "entry_id", "organisation_id", "answers_id"}


@pytest.fixture
def pair(cast: Cast) -> tuple[Assignment, Assignment]:
    """Two assignments of one task, alike but for the village."""
    county = cast.places["county"]
    programme = Programme.objects.create(organisation=county, name="五个基本", first_year=2026, last_year=2026)
    theme = Theme.objects.create(programme=programme, name="阵地建设", basic="guarantee")
    task = Task.objects.create(
        theme=theme,
        title="完工",
        organisation=county,
        keeper=cast.posts["office"],
        **{**ANSWERS, "due_on": TODAY},
        evidence_wanted="照片",
        status="issued",
        issued_at=cast.actor("office", DAY).now,
    )
    rows = [
        Assignment.given(task=task, organisation=cast.places[place], on=TODAY, due_on=TODAY)
        for place in ("shiling", "liuwan")
    ]
    Assignment.objects.bulk_create(rows)
    return rows[0], rows[1]


def by_action(row: Assignment, deed: Deed, day: datetime.date) -> None:
    """Do with the actions what the deed says."""
    by = Actor(deed.post.user, deed.post, day)
    upload = SimpleUploadedFile(deed.file_name, b"seen") if deed.file else None
    uploads = [upload] if upload else []
    if deed.does == Step.RECEIVE:
        actions.receive(row, by=by)
    elif deed.does == Step.REPORT:
        actions.report(row, by=by, percent=deed.percent, text=deed.text, learned=deed.learned)
    elif deed.does == Step.REQUEST_CLOSE:
        closing.request_close(row, by=by, result=deed.text, responsible=deed.responsible, files=uploads)
    elif deed.does == Step.CLOSE:
        closing.close(row, by=by)
    elif deed.does == Step.SEND_BACK:
        closing.send_back(row, by=by, reason=deed.text)
    elif deed.does == EntryKind.INSTRUCTION:
        actions.instruct(row, by=by, text=deed.text, reply_due_on=deed.reply_due_on)
    else:
        actions.remark(row, by=by, text=deed.text, answers=row.entries.filter(kind=EntryKind.INSTRUCTION).first())


def story(cast: Cast, row: Assignment) -> list[Deed]:
    """A long course of one assignment: everything the demo does to one."""
    posts = cast.posts
    file = files.store(SimpleUploadedFile("照片.txt", b"seen"))
    evidence: dict[str, Any] = {"file": file, "file_name": "照片.txt", "responsible": "王某"}
    told = Deed(posts["leader"], row, EntryKind.INSTRUCTION, "请说明原因", reply_due_on=TODAY)
    return [
        Deed(posts["hekou"], row, Step.RECEIVE),
        Deed(posts["hekou"], row, Step.REPORT, "砌墙", percent=40, learned="phone"),
        told,
        Deed(posts["hekou"], row, EntryKind.REMARK, "已加人手", answers=told.entry),
        Deed(posts["hekou"], row, Step.REPORT, "完工", percent=100, learned="on_site"),
        Deed(posts["hekou"], row, Step.REQUEST_CLOSE, "已完工", **evidence),
        Deed(posts["office"], row, Step.SEND_BACK, "缺验收单"),
        Deed(posts["hekou2"], row, Step.REPORT, "补好", percent=90, learned="phone"),
        Deed(posts["hekou2"], row, Step.REQUEST_CLOSE, "已补", **evidence),
        Deed(posts["office"], row, Step.CLOSE),
    ]


def plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """A picture without what differs by nature."""
    return None if values is None else {name: value for name, value in values.items() if name not in OTHER}


def tale(row: Assignment) -> dict[str, Any]:
    """The row, its entries, evidence and history, comparable with those of another."""
    keys = {"tasks.assignment": [row.pk]}
    keys["tasks.entry"] = list(row.entries.order_by("id").values_list("pk", flat=True))
    keys["tasks.evidence"] = list(Evidence.objects.filter(entry__assignment=row).values_list("pk", flat=True))
    history = [
        (c.kind, c.change_set.verb, c.change_set.note, c.change_set.post_name, plain(c.before), plain(c.after))
        for kind, wanted in keys.items()
        for c in Change.objects.filter(kind=kind, object_id__in=wanted).order_by("id").select_related("change_set")
    ]
    assert set(Change.objects.filter(kind="tasks.entry").values_list("object_id", "organisation")) >= {
        (pk, row.organisation_id) for pk in keys["tasks.entry"]
    }
    row.refresh_from_db()
    entries = Entry.objects.filter(assignment=row).order_by("id")
    return {
        "row": plain(_columns(row)),
        "entries": [plain(_columns(entry)) for entry in entries],
        "answers": [bool(entry.answers_id) for entry in entries],
        "evidence": [(e.file_id, e.name) for e in Evidence.objects.filter(entry__assignment=row).order_by("id")],
        "history": history,
    }


def _columns(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}


def test_the_book_writes_what_the_actions_write(cast: Cast, pair: tuple[Assignment, Assignment]) -> None:
    acted, booked = pair
    book = Book()
    told: Deed | None = None
    for number, deed in enumerate(story(cast, booked)):
        day = DAY + datetime.timedelta(days=number % 5)
        by_action(acted, deed, day)
        if deed.does == EntryKind.REMARK and told is not None:
            deed.answers = told.entry
        book.write(day, [deed])
        told = deed if deed.does == EntryKind.INSTRUCTION else told
    assert tale(booked) == tale(acted)
    assert booked.status == Status.CLOSED


@pytest.mark.parametrize("shape", [Shape.MILESTONES, Shape.RECURRING, Shape.QUANTITY])
def test_the_book_writes_facts_as_the_actions_do(cast: Cast, shape: str) -> None:
    task = given_out(cast, shape)
    acted, booked = of(task, cast.places["shiling"]), of(task, cast.places["liuwan"])
    book, stages = Book(), list(booked.milestones.all())
    for number in range(3):
        day = DAY + datetime.timedelta(days=number)
        own = list(acted.milestones.all())
        reached = number if shape == Shape.RECURRING else day
        value = Decimal(5 * number) if shape == Shape.QUANTITY else None
        by = Actor(cast.people["hekou"], cast.posts["hekou"], day)
        fact = Fact(value=value, stages={own[number].pk: reached} if own else {})
        actions.report(acted, by=by, fact=fact, text="在办", learned="phone")
        deed = Deed(cast.posts["hekou"], booked, Step.REPORT, "在办", learned="phone", stages=stages)
        deed.fact = Fact(value=value, stages={stages[number].pk: reached} if stages else {})
        book.write(day, [deed])
    assert tale(booked) == tale(acted)
    assert [plain(_columns(one)) for one in booked.milestones.all()] == [
        plain(_columns(one)) for one in acted.milestones.all()
    ]


def test_the_book_refuses_a_step_that_does_not_fit(cast: Cast, pair: tuple[Assignment, Assignment]) -> None:
    with pytest.raises(ValueError, match="close"):
        Book().write(DAY, [Deed(cast.posts["office"], pair[0], Step.CLOSE)])

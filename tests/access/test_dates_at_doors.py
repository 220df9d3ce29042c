"""No form takes a date in a year that cannot be meant."""

import datetime

import pytest
from django.urls import reverse

from tasks.drafting import actions
from tasks.models import Assignment, Task
from tasks.refusals import StepRefused

OUT = ["9999-12-31", "0026-12-31", "2926-01-01"]

DOORS = [
    ("office", "task_edit", "draft", {"title": "草稿任务", "version": "0"}, "due_on"),
    ("office", "task_edit", "draft", {"title": "草稿任务", "version": "0"}, "starts_on"),
    (
        "hekou",
        "assignment_ask_extension",
        "assignment",
        {"extension-reason": "雨季", "extension-version": "0"},
        "extension-wanted_on",
    ),
    (
        "leader",
        "assignment_instruct",
        "assignment",
        {"instruct-text": "请加快", "instruct-version": "0"},
        "instruct-reply_due_on",
    ),
    ("office", "talk_new", None, {"person": "王某"}, "follow_up_on"),
    ("office", "talk_new", None, {"person": "王某"}, "held_on"),
    ("hekou", "blocker_new", None, {"text": "缺地"}, "answer_due_on"),
    ("office", "problem_new", None, {"text": "问题", "year": "2026"}, "found_on"),
    ("office", "workdays", None, {"kind": "rest"}, "first"),
    ("office", "term_add", "village", {}, "started_on"),
    ("office", "relation_add", "village", {}, "since"),
    ("office", "responsibility_new", None, {"person_name": "王某"}, "since"),
    ("office", "responsibility_new", None, {"person_name": "王某"}, "until"),
    ("office", "organisation_edit", "village", {"version": "0"}, "opened_on"),
    ("office", "organisation_name_add", "village", {"name": "老名"}, "until"),
    ("sysadmin", "person_new", None, {"name": "新人", "username": "newone"}, "since"),
    ("sysadmin", "person_appoint", "person", {}, "until"),
    ("sysadmin", "post_end", "post", {}, "on"),
    ("office", "ledger_column_new", "=venue", {"label_zh": "列"}, "since"),
    ("hekou", "remedy_edit", "remedy", {"title": "任务", "version": "0"}, "due_on"),
]


@pytest.mark.parametrize(("who", "name", "arg", "form", "field"), DOORS, ids=lambda value: str(value)[:24])
def test_no_form_takes_a_year_that_cannot_be_meant(who, name, arg, form, field, keys, signed_in) -> None:
    args = [] if arg is None else [arg[1:] if arg.startswith("=") else keys[arg]]
    client = signed_in(who)
    for text in OUT:
        page = client.post(reverse(name, args=args), {**form, field: text}).content.decode()
        assert "请检查年份" in page, (name, field, text)


@pytest.mark.parametrize("day", [datetime.date.fromisoformat(day) for day in OUT])
def test_a_draft_dated_so_is_not_issued(day: datetime.date, keys, cast) -> None:
    Task.objects.filter(pk=keys["draft"]).update(due_on=day, audience={"kinds": ["village"]})
    with pytest.raises(StepRefused):
        actions.issue(Task.objects.get(pk=keys["draft"]), by=cast.actor("office"))
    assert not Assignment.objects.filter(task=keys["draft"]).exists()

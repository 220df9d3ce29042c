"""A line break is one character of a text, though a browser submits two; in every form."""

import importlib
from collections.abc import Callable, Iterator

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from orgs.pages.forms import Styled
from tasks.models import Entry, Objection
from tests.architecture.house import dotted_modules
from tests.cast import Cast
from tests.tasks.grid.stage import key, sheet_of_all

APPS = ("bulletins", "ledgers", "orgs", "reminders", "supervision", "tasks")


class Words(Styled, forms.Form):
    """A form with a text of six characters."""

    text = forms.CharField(max_length=6, widget=forms.Textarea)


@pytest.mark.parametrize("sent", ["一二\r\n三四五", "一二\n三四五", "一二\r三四五", "\r\n一\r\n二\r\n三\r\n"])
def test_breaks_count_once(sent: str) -> None:
    form = Words({"text": sent})
    assert form.is_valid(), form.errors
    assert "\r" not in form.cleaned_data["text"]
    assert "\r" not in str(form["text"].value())


@pytest.mark.parametrize("sent", ["一二\r\n三四五六", "一二三四五六七", "一\r\n\r\n二三四五"])
def test_what_is_too_long_stays_so(sent: str) -> None:
    assert not Words({"text": sent}).is_valid()


def every_form(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield form
        yield from every_form(form)


def test_every_form_with_a_text_of_several_lines_reads_them_so() -> None:
    for name in dotted_modules():
        if name.partition(".")[0] in APPS and ".migrations" not in name:
            importlib.import_module(name)  # wherever forms stand
    own = [form for form in every_form() if form.__module__.partition(".")[0] in APPS]
    long = [
        form
        for form in own
        if any(isinstance(f.widget, forms.Textarea) for f in getattr(form, "base_fields", {}).values())
    ]
    assert len(long) > 20
    assert [form for form in long if not issubclass(form, Styled)] == []


def test_an_objection_and_its_answer_are_as_long_as_they_look(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    tasks = sheet_of_all(cast)
    row, text = key(tasks, "income", cast), "\r\n".join(["应为"] * 167)  # 500 characters as typed, 666 as sent
    form = {"learned": "phone", "tasks": "", f"c-{row.pk}": "5", f"was-{row.pk}": "", f"version-{row.pk}": row.seen}
    signed_in("hekou").post(reverse("grid_row", args=[cast.places["shiling"].pk]), form)
    entry, village, town = Entry.objects.get(), signed_in("shiling"), signed_in("hekou")
    too_long = village.post(reverse("entry_object", args=[entry.pk]), {"text": text + "多"}, follow=True)
    assert "最多 500 个字" in too_long.content.decode()
    assert not Objection.objects.exists()
    village.post(reverse("entry_object", args=[entry.pk]), {"text": text})
    objection = Objection.objects.get()
    assert objection.text == text.replace("\r\n", "\n")
    answer = {"version": objection.seen, "answer": text, "outcome": "kept"}
    town.post(reverse("objection_answer", args=[objection.pk]), answer)
    objection.refresh_from_db()
    assert len(objection.answer) == 500

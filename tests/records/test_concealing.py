"""Numbers that count up for everybody leave the server only concealed."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from orgs.models import Organisation
from records.concealing import CHANGE_SET, NOT_SEEN, conceal, revealed
from records.models import seen_of, version_seen
from tests.architecture.house import module_files, name_of, text_of

OLD, NEW = "an-old-key-of-fifty-characters-" * 2, "a-new-key-of-fifty-characters--" * 2


@given(st.integers(0, 2**48 - 1))
def test_what_was_given_out_is_known_again(number: int) -> None:
    assert revealed(CHANGE_SET, conceal(CHANGE_SET, number)) == number


@pytest.mark.parametrize("sent", ["", "0", "1", "12", "-5", "x" * 30, "9" * 40, "9" * 25, "9" * 5000, "\x00"])
def test_nothing_else_is(sent: str) -> None:
    assert revealed(CHANGE_SET, sent) is None


def test_numbers_in_a_row_tell_nothing_of_each_other() -> None:
    shown = [conceal(CHANGE_SET, number) for number in range(100, 140)]
    gaps = {abs(int(one) - int(other)) for one, other in pairwise(shown)}
    assert len(set(shown)) == 40
    assert min(gaps) > 2**64
    assert shown != sorted(shown)
    assert all(revealed(CHANGE_SET, str(int(one) + step)) is None for one in shown for step in (-1, 1))


def test_a_version_is_of_one_row() -> None:
    one, other = Organisation(pk=1, version=7), Organisation(pk=2, version=7)
    assert seen_of(one) != seen_of(other)
    assert version_seen(one, seen_of(one)) == 7
    assert version_seen(one, seen_of(other)) == NOT_SEEN
    assert version_seen(one, "7") == NOT_SEEN
    assert version_seen(one, conceal(CHANGE_SET, 7)) == NOT_SEEN
    assert version_seen(None, seen_of(one)) == NOT_SEEN
    assert version_seen(None, seen_of(None)) == 0


def test_an_older_key_still_holds_while_it_is_named() -> None:
    with override_settings(SECRET_KEY=OLD, SECRET_KEY_FALLBACKS=[]):
        given_out = conceal(CHANGE_SET, 12)
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD]):
        assert revealed(CHANGE_SET, given_out) == 12
        assert conceal(CHANGE_SET, 12) != given_out
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[]):
        assert revealed(CHANGE_SET, given_out) is None


@pytest.mark.parametrize("number", ["1", "17", "9" * 30])
def test_a_counted_number_leads_nowhere(number: str) -> None:
    with pytest.raises(Resolver404):
        resolve(f"/changes/{number}/undo/")


def test_a_url_names_a_change_set_concealed() -> None:
    address = reverse("change_undo", args=[17])
    assert "/17/" not in address
    assert resolve(address).kwargs == {"pk": 17}
    with pytest.raises(NoReverseMatch):
        reverse("change_undo", args=["seventeen"])


SHOWS_A_NUMBER = re.compile(
    r"\{\{ ?(?!\w*form\.)[\w.]*\.version\b|(?:record|change_set|set)\.(?:pk|id) ?\}\}|\{\{[^}]*change_set_id"
)
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_shows_a_number_that_counts_up(path: Path) -> None:
    assert not SHOWS_A_NUMBER.search(path.read_text())


@pytest.mark.parametrize(
    "text", ["{{ row.version }}", "{{ cell.assignment.version }}", "no. {{ record.pk }}", "{{ each.change_set_id }}"]
)
def test_the_check_finds_one(text: str) -> None:
    assert SHOWS_A_NUMBER.search(text)


def test_no_form_takes_a_version_as_a_number() -> None:
    wrong = [
        name_of(path)
        for path in module_files("forms", "views")
        if re.search(r"version.*IntegerField|version.*isdecimal", text_of(path))
    ]
    assert not wrong

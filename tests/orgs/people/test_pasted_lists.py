"""People and days off as a clipboard brings them; names and texts of any length are looked at in their length."""

import time
import tracemalloc
from collections.abc import Callable

import pytest
from django.test import Client

from naming.match import Unit
from naming.matching import Matcher
from orgs.models import Post, User
from orgs.pages import search
from orgs.settings import workday_list
from tests.cast import Cast

SignIn = Callable[[str], Client]
HEAD = "张某\tzhang.mou\t\tvillage_recorder\t柳湾村\t"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (HEAD + '"文书\r\n兼会计"\r\n\r\n', "文书 兼会计"),
        ("\r\n" + HEAD + '"文书""甲"""', '文书"甲"'),
        (HEAD + '"文书" 甲', '"文书" 甲'),
        (HEAD + "文书，会计\t\t\t\r\n", "文书，会计"),
        (HEAD.replace("\t", "，") + "文书", "文书"),
    ],
)
def test_people_are_pasted_as_a_spreadsheet_writes_them(cast: Cast, signed_in: SignIn, lines: str, title: str) -> None:
    answer = signed_in("sysadmin").post("/people/paste/", {"lines": lines})
    assert answer.status_code == 200, answer.context["form"].errors
    assert Post.objects.get(user__username="zhang.mou").title == title


@pytest.mark.parametrize("tail", ["文书\t更多", "文" * 61, "文书\n" * 201, "文" * 20_001])
def test_what_of_people_does_not_fit_is_refused(cast: Cast, signed_in: SignIn, tail: str) -> None:
    before = User.objects.count()
    answer = signed_in("sysadmin").post("/people/paste/", {"lines": HEAD + tail})
    assert answer.status_code == 422
    assert answer.context["form"].errors["lines"]
    assert User.objects.count() == before


def test_a_row_of_days_with_a_broken_cell_is_one_line() -> None:
    found = workday_list.read('"元旦\n放假"\t2027-01-01\r\n班\t2027-01-03\r\n', 2027)
    assert [(str(day.day), day.kind) for day in found.days] == [("2027-01-01", "rest"), ("2027-01-03", "work")]
    assert found.faults == []


PIECES = [
    "1",
    "1 ",
    "1月",
    "1月1日",
    "（",
    "(",
    "共",
    "共1",
    "村",
    "石岭村",
    "、石岭村",
    "石",
    " ",
    "至",
    "一、",
    "班",
    "１",
    "镇",
]


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_texts_are_read_in_their_length(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    matcher = Matcher([Unit(1, "1", "河口镇", level="township"), Unit(2, "2", "石岭村", township=1)])
    tracemalloc.start()
    began = time.process_time()
    workday_list.read(text, 2027)
    matcher.suggestions(matcher.find(text))
    matcher.suggestions(matcher.find(text, township="河口镇"))
    search.words_of(text)
    took, (_now, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 8  # tracing makes it slower, not longer by the square
    assert peak < 60_000_000

"""A village written with a character that is none of it is asked about, with the village it is near."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.tasks.grid.stage import sheet_of_all

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        "石X村",
        "石□村",
        "石？村",
        "石*村",
        "石\U0002a6a5村",
        "石㟁村",
        "石\ue123村",
        "石领村",
        "X岭村",
        "㟁石岭村",
        "柳湾2村",
        "柳湾X村",
    ],
)
@pytest.mark.parametrize("line", ["2. {}：收入20万", "{} 收入20万"])
def test_a_wrong_character_in_a_villages_name_is_told_with_the_near_one(
    cast: Cast, signed_in: SignIn, line: str, name: str
) -> None:
    sheet_of_all(cast)
    text = "1. 石岭村：收入12万\n" + line.format(name)
    page = signed_in("hekou").post(reverse("grid_chat"), {"text": text})
    [_first, told] = page.context["told"]
    assert told.place is None
    near = "柳湾村" if "柳湾" in name else "石岭村"
    assert f"没有“{name}”。是" in told.why, told.why
    assert near in told.why.split("。")[1]


@pytest.mark.parametrize(
    "line", ["□石岭村：收入20万", "● 石岭村 收入20万", "*石岭村*收入20万", "☑石岭：收入20万", "—石岭村收入20万"]
)
def test_a_bullet_before_a_name_is_none_of_it(cast: Cast, signed_in: SignIn, line: str) -> None:
    sheet_of_all(cast)
    [told] = signed_in("hekou").post(reverse("grid_chat"), {"text": line}).context["told"]
    assert told.place == cast.places["shiling"].pk

"""Personal data leaves old history; new keys reach every row."""

import datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from dates import clock
from ledgers import sealing
from ledgers.actions import entries, forgetting
from ledgers.kinds import as_shipped
from ledgers.models import Entry
from records.models import Change
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
MEMBER = {"member_name": "李流动", "member_birth": "1980-05", "move_direction": "流出", "work_unit": "鞋厂"}


def save(cast: Cast, **values: object) -> Entry:
    kind = as_shipped("mobile_members")
    return entries.save_entry(kind, cast.places["shiling"], "", {**MEMBER, **values}, by=cast.actor("hekou"))


def after(days: int) -> datetime.datetime:
    return clock.at_noon(TODAY + datetime.timedelta(days=days))


def test_sealed_values_leave_the_history_after_the_undo_window_and_the_rest_stays(cast: Cast) -> None:
    row = save(cast)
    save(cast, member_phone="13900001234", work_unit="说 sealed: 的厂")
    assert forgetting.forget(after(30)) == 0
    assert forgetting.forget(after(32)) == 2
    pictures = list(Change.objects.filter(kind="ledgers.entry").order_by("pk"))
    assert "sealed:" not in str(pictures[0].after)
    assert pictures[0].after["values"]["work_unit"] == "鞋厂"
    assert pictures[0].after["values"]["member_name"] is None
    assert pictures[1].after["values"]["work_unit"] == "说 sealed: 的厂"
    assert forgetting.forget(after(33)) == 0
    row.refresh_from_db()
    assert sealing.opened(row.values["member_name"]) == "李流动"


def test_after_a_change_of_keys_rows_are_found_by_the_new_one_alone(cast: Cast) -> None:
    row = save(cast)
    with override_settings(SECRET_KEY="brand-new-key", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        call_command("reseal_entries")
    with override_settings(SECRET_KEY="brand-new-key", SECRET_KEY_FALLBACKS=[]):
        again = save(cast, work_unit="电子厂")
        assert again.pk == row.pk
        assert sealing.open_all(again.values)["member_name"] == "李流动"

"""A refused address is shown to the office whose message went there, and to no other."""

from collections.abc import Callable

import pytest
from django.test import Client

from dates import clock
from reminders.models import Delivery, Message, RefusedAddress
from reminders.rules.kinds import Kind
from tests.cast import TODAY, Cast


@pytest.mark.parametrize(("place", "shown"), [("hekou", True), ("city", False)])
def test_another_countys_refused_address_stays_its_own(
    cast: Cast, signed_in: Callable[[str], Client], place: str, shown: bool
) -> None:
    noon = clock.at_noon(TODAY)
    message = Message.objects.create(
        person=cast.people["hekou"],
        organisation=cast.places[place],
        kind=Kind.DAILY,
        key="k",
        day=TODAY,
        subject="摘要",
        body={"lines": [], "figures": [], "left_out": {}},
        created_at=noon,
    )
    Delivery.objects.create(message=message, channel="mail", address="gone@example.org", next_at=noon)
    refused = RefusedAddress.objects.create(channel="mail", address="gone@example.org", refusals=2, refused_at=noon)
    office = signed_in("office")
    assert ("gone@example.org" in office.get("/reminders/").content.decode()) is shown
    answer = office.post(f"/reminders/addresses/{refused.pk}/clear/")
    assert answer.status_code == (302 if shown else 404)
    refused.refresh_from_db()
    assert refused.refusals == (0 if shown else 2)

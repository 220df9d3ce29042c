"""Which pushes still stand when they would go out: what is settled meanwhile is not told."""

from collections.abc import Collection

from supervision.models import SupervisionOrder, UrgedItem
from supervision.rules import OWED
from tasks.lights.sql import WORKING


def orders(keys: Collection[str]) -> Collection[str]:
    """The orders whose unit is still to reply, at the version they were pushed with."""
    found = SupervisionOrder.objects.filter(pk__in={_key(key) for key in keys}, state__in=OWED)
    standing = {f"order:{pk}:{version}" for pk, version in found.values_list("pk", "version")}
    return standing & set(keys)


def urges(keys: Collection[str]) -> Collection[str]:
    """The urgings with an item that is still owed, and what other apps push as an urging."""
    own = {key for key in keys if key.startswith("urge:")}
    rows = UrgedItem.objects.filter(urge__in={_key(key) for key in own}, assignment__status__in=WORKING)
    return {f"urge:{pk}" for pk in rows.values_list("urge", flat=True)} | (set(keys) - own)


def _key(key: str) -> int:
    return int(key.split(":")[1])

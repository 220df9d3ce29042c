"""What urging, orders, talks, blockers, samples and problems may be: pure sentences."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Color(TextChoices):
    """The colour of a supervision order (督办单), mildest first."""

    BLUE = "blue", _("blue order")
    YELLOW = "yellow", _("yellow order")
    RED = "red", _("red order")


GRAVEST = Color.RED  # never chosen for anybody
YELLOW_AFTER, RED_AFTER = 3, 7  # days past the date from which the next colour fits (domain: reminder timing)


def color_for(days_late: int) -> Color:
    """The colour that fits how late the worst item is."""
    if days_late >= RED_AFTER:
        return Color.RED
    return Color.YELLOW if days_late >= YELLOW_AFTER else Color.BLUE


class OrderState(TextChoices):
    """Where an order stands."""

    ISSUED = "issued", _("issued")
    REPLIED = "replied", _("replied to")
    RETURNED = "returned", _("reply sent back")
    CLOSED = "closed", _("closed")


OWED = frozenset({OrderState.ISSUED, OrderState.RETURNED})  # the township's turn


class TalkForm(TextChoices):
    """How a talk was held."""

    IN_PERSON = "in_person", _("in person")
    TOGETHER = "together", _("several together")
    LETTER = "letter", _("by letter")


class BlockerState(TextChoices):
    """Where a matter to be coordinated stands."""

    OPEN = "open", _("waiting for an answer")
    ANSWERED = "answered", _("answered")
    SOLVED = "solved", _("solved")


class SampleResult(TextChoices):
    """What a re-check found."""

    PENDING = "pending", _("not looked at yet")
    PASSED = "passed", _("holds")
    FAILED = "failed", _("does not hold")


class Origin(TextChoices):
    """Who found a problem."""

    SELF = "self", _("found by itself")
    TOWNSHIP = "township", _("found by the township")
    COUNTY = "county", _("found by the county")
    CITY = "city", _("found by the city")
    INSPECTION = "inspection", _("found by an inspection")
    MASSES = "masses", _("raised by the masses")


@dataclass(frozen=True)
class Reason:
    """Why somebody is due for a talk: the rule by name, how often it was met, and how often is enough."""

    rule: str
    count: int
    limit: int


def reasons(counts: Mapping[str, int], limits: Mapping[str, int]) -> list[Reason]:
    """The rules met; a limit of 0 switches a rule off."""
    return [
        Reason(rule, counts[rule], limit) for rule, limit in limits.items() if limit and counts.get(rule, 0) >= limit
    ]


def draw(strata: Mapping[int, Sequence[int]], size: int, seed: str) -> list[int]:
    """Keys drawn at random from each stratum (a township), the same for the same seed.

    ``size`` is the number in all, or all keys when there are fewer. Every stratum gets at least one while the size
    lasts; the rest goes in proportion to the strata, largest remainder first.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample to be drawn again, not a secret
    keys = sorted(stratum for stratum, members in strata.items() if members)
    total = sum(len(strata[key]) for key in keys)
    size = min(size, total)
    if size < len(keys):
        keys = sorted(chance.sample(keys, size))
        return sorted(chance.choice(sorted(strata[key])) for key in keys)
    shares = dict.fromkeys(keys, 1)
    wanted = {key: size * len(strata[key]) / total for key in keys}
    while sum(shares.values()) < size:
        hungry = [key for key in keys if shares[key] < len(strata[key])]
        shares[max(hungry, key=lambda key: (wanted[key] - shares[key], -key))] += 1
    return sorted(found for key in keys for found in chance.sample(sorted(strata[key]), shares[key]))

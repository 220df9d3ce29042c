"""Quotas: a figure split over parts. What does not add up is named; shares are proposed. Pure sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sheets import values
from tasks.rules import typed_facts

CENT = Decimal("0.01")
K = TypeVar("K")


def shares_in_words(shares: Mapping[str, str]) -> str:
    """Kept shares as the history tells them: how many, and their sum; empty for none."""
    if not shares:
        return ""
    total = typed_facts.shown(sum(map(Decimal, shares.values()), Decimal(0)))
    return _("%(count)s shares, %(total)s in all") % {"count": len(shares), "total": total}


class Fault(TextChoices):
    """In which way a split does not add up."""

    SHARES = "shares", gettext_lazy("the shares do not add up to the target")
    VALUES = "values", gettext_lazy("the figures reported below do not add up")
    STRAY = "stray", gettext_lazy("a part is owed elsewhere than below")
    CLOSED = "closed", gettext_lazy("a part is owed by a closed organisation")
    NO_TARGET = "no_target", gettext_lazy("nothing is said of how much it owes")


@dataclass(frozen=True)
class Share:
    """One part of a split as it stands: whose it is, what it owes, what it has done.

    ``is_below`` says whether it stands below the organisation that split; ``is_closed`` whether its organisation is
    closed while it still owes it.
    """

    name: str
    target: Decimal | None
    value: Decimal | None = None
    is_below: bool = True
    is_closed: bool = False


@dataclass(frozen=True)
class Split:
    """A figure and the parts in force that it was split into; ``was_split`` also when none is left in force.

    ``reason`` explains a difference of ``explained`` (shares minus target) and no other.
    """

    name: str
    target: Decimal | None
    parts: Sequence[Share] = ()
    value: Decimal | None = None
    was_split: bool = True
    reason: str = ""
    explained: Decimal | None = None
    sums_values: bool = True


@dataclass(frozen=True)
class Difference:
    """Something that does not add up: ``gap`` is found minus expected; ``reason`` where it was explained."""

    fault: Fault
    name: str
    expected: Decimal | None = None
    found: Decimal | None = None
    reason: str = ""

    @property
    def gap(self) -> Decimal:
        """How much there is too much (positive) or too little."""
        return (self.found or Decimal(0)) - (self.expected or Decimal(0))

    @property
    def is_explained(self) -> bool:
        """Whether a reason was given for just this."""
        return bool(self.reason)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """The sum; what is not known adds nothing."""
    return sum((value for value in values if value is not None), Decimal(0))


def quota_differences(split: Split) -> list[Difference]:
    """Everything of a split that does not add up, named; empty when all is in order."""
    if not split.was_split:
        return []
    found: list[Difference] = []
    shares = total(part.target for part in split.parts)
    if split.target is None:
        found.append(Difference(Fault.NO_TARGET, split.name, None, shares))
    elif shares != split.target:
        explained = bool(split.reason) and split.explained == shares - split.target
        found.append(Difference(Fault.SHARES, split.name, split.target, shares, split.reason if explained else ""))
    if split.sums_values and split.parts:
        reported = [part.value for part in split.parts if part.value is not None]
        below = total(reported) if reported else None
        if below != split.value:
            found.append(Difference(Fault.VALUES, split.name, split.value, below))
    for part in split.parts:
        if part.target is None:
            found.append(Difference(Fault.NO_TARGET, part.name))
        if not part.is_below:
            found.append(Difference(Fault.STRAY, part.name, found=part.target))
        if part.is_closed:
            found.append(Difference(Fault.CLOSED, part.name, found=part.target))
    return found


def in_words(difference: Difference, unit: str) -> str:
    """A difference as a sentence: 下达 20，分解 18，还差 2."""
    words = {
        "name": difference.name,
        "expected": shown(difference.expected),
        "found": shown(difference.found),
        "gap": shown(abs(difference.gap)),
        "unit": unit,
    }
    if difference.fault == Fault.SHARES:
        text = (
            _("%(name)s: set %(expected)s, split %(found)s, %(gap)s %(unit)s still to be split.")
            if difference.gap < 0
            else _("%(name)s: set %(expected)s, split %(found)s, %(gap)s %(unit)s too much.")
        )
    elif difference.fault == Fault.VALUES:
        text = _("%(name)s: its own figure is %(expected)s, its parts add up to %(found)s.")
    elif difference.fault == Fault.STRAY:
        text = _("%(name)s stands no longer below whoever split, yet its share of %(found)s %(unit)s is counted there.")
    elif difference.fault == Fault.CLOSED:
        text = _("%(name)s is closed and still owes its share of %(found)s %(unit)s.")
    else:
        text = _("%(name)s has no target: how much it owes is not said.")
    return text % words


def shown(value: Decimal | None) -> str:
    """A figure without needless zeros; a dash for none."""
    return "—" if value is None else values.shown(value)


# Proposals


def proposed(target: Decimal, weights: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """The target shared out by weights, whole where the target is whole; the shares add up to it exactly.

    What rounding leaves goes to the largest remainders, in the order given where they are equal.
    """
    whole = total(weights.values())
    if whole <= 0:
        return dict.fromkeys(weights, Decimal(0))
    step = Decimal(1) if target == target.to_integral_value() else CENT
    exact = {key: target * weight / whole for key, weight in weights.items()}
    shares = {key: share.quantize(step, ROUND_DOWN) for key, share in exact.items()}
    left = int((target - total(shares.values())) / step)
    by_remainder = sorted(exact, key=lambda key: exact[key] - shares[key], reverse=True)
    for key in by_remainder[:left]:
        shares[key] += step
    return shares

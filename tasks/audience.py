"""Who gets a task: organisations by kind, class and township, some picked by hand, some left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation, YearRating
from orgs.pages import requested
from orgs.rules import VILLAGE_LEVEL, Kind, VillageClass

TOWNSHIPS_SHOWN = 8
NAMES_SHOWN = 6


@dataclass(frozen=True)
class Audience:
    """Recipients as chosen on the page.

    ``kinds`` narrowed by ``classes`` (of villages and communities; other kinds have none) and by ``townships``
    (keys; none chosen means all), and ``picked`` ones (keys) on top, without the ``left_out`` (keys).
    """

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    townships: tuple[int, ...] = ()
    picked: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()

    def to_json(self) -> dict[str, list[str] | list[int]]:
        """As the task keeps it."""
        return {
            "kinds": list(self.kinds),
            "classes": list(self.classes),
            "townships": list(self.townships),
            "picked": list(self.picked),
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """From what the task keeps; whatever is not known is left out."""
        return cls(
            kinds=tuple(kind for kind in kept.get("kinds", ()) if kind in Kind.values),
            classes=tuple(name for name in kept.get("classes", ()) if name in VillageClass.values),
            townships=_keys(kept.get("townships", ())),
            picked=_keys(kept.get("picked", ())),
            left_out=_keys(kept.get("left_out", ())),
        )

    def __bool__(self) -> bool:
        return bool(self.kinds or self.classes or self.picked)


def in_words(kept: Mapping[str, Any]) -> str:
    """Whom it is for as the history tells it; empty for nobody."""
    chosen = Audience.from_json(kept)
    parts = [str(Kind(kind).label) for kind in chosen.kinds] + [
        str(VillageClass(each).label) for each in chosen.classes
    ]
    counted = [
        (chosen.townships, _("only of %(count)s townships")),
        (chosen.picked, _("%(count)s chosen by hand")),
        (chosen.left_out, _("without %(count)s left out")),
    ]
    return "、".join(parts + [text % {"count": len(keys)} for keys, text in counted if keys])


def _keys(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(requested.keys(values))


def organisations(audience: Audience, actor: Actor) -> QuerySet[Organisation]:
    """The organisations an audience means on the actor's day, within the actor's reach, in the tree's order."""
    reach = Organisation.objects.visible_to(actor).open_on(actor.on)
    chosen = _by_kind_and_class(audience, actor)
    if audience.townships:
        chosen &= Q(township__in=audience.townships)
    wanted = chosen | Q(pk__in=audience.picked)
    latest = YearRating.objects.filter(organisation=OuterRef("pk"), year__lte=actor.on.year).order_by("-year")
    rated = reach.annotate(rating=Subquery(latest.values("village_class")[:1])) if audience.classes else reach
    return rated.filter(wanted).exclude(pk__in=audience.left_out).order_by("path")


def _by_kind_and_class(audience: Audience, actor: Actor) -> Q:
    kinds = set(audience.kinds)
    if not audience.classes:
        return Q(kind__in=kinds)
    kinds = kinds or set(VILLAGE_LEVEL)
    rated = Q(rating__in=audience.classes)
    if VillageClass.UNRATED in audience.classes:
        rated |= Q(rating__isnull=True)
    return Q(kind__in=kinds - VILLAGE_LEVEL) | (Q(kind__in=kinds & VILLAGE_LEVEL) & rated)


class Roll:
    """The organisations of an actor read once, to answer many audiences: the same as ``organisations`` says of one."""

    def __init__(self, actor: Actor) -> None:
        reach = Organisation.objects.visible_to(actor).open_on(actor.on)
        latest = YearRating.objects.filter(organisation=OuterRef("pk"), year__lte=actor.on.year).order_by("-year")
        rated = reach.annotate(rating=Subquery(latest.values("village_class")[:1]))
        self._rows = list(rated.order_by("path").values_list("pk", "path", "kind", "township", "rating"))

    def keys(self, audience: Audience, below: str = "") -> list[int]:
        """The organisations an audience means, by key, at and below the path ``below``."""
        picked, left_out, townships = set(audience.picked), set(audience.left_out), set(audience.townships)
        kinds = set(audience.kinds) or (set(VILLAGE_LEVEL) if audience.classes else set())
        return [
            key
            for key, path, kind, township, rating in self._rows
            if key not in left_out
            and path.startswith(below)
            and (
                key in picked
                or (
                    kind in kinds
                    and (not townships or township in townships)
                    and (not audience.classes or kind not in VILLAGE_LEVEL or _rated(rating) in audience.classes)
                )
            )
        ]


def _rated(rating: str | None) -> str:
    return rating or VillageClass.UNRATED


@dataclass(frozen=True)
class TownshipPart:
    """The recipients of one township: how many, the names of the first, and how many more."""

    township: Organisation | None
    total: int
    names: list[str]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.total - len(self.names)


@dataclass(frozen=True)
class Preview:
    """Who would get the task: all of them counted, the first townships with the first names.

    ``townships`` leaves out what stands directly under the county, which has a part of its own.
    """

    total: int
    townships: int
    only_villages: bool
    parts: list[TownshipPart]

    @property
    def more_townships(self) -> int:
        """Townships not listed."""
        return self.townships - sum(part.township is not None for part in self.parts)

    @property
    def more_organisations(self) -> int:
        """Recipients in the townships not listed."""
        return self.total - sum(part.total for part in self.parts)


def preview(rows: QuerySet[Organisation]) -> Preview:
    """Count recipients by township and name the first, in three queries whatever their number."""
    counted = list(
        rows.order_by()
        .values("township", "township__path", "kind")
        .annotate(total=Count("pk"))
        .order_by(F("township__path").asc(nulls_last=True))
    )
    totals: dict[int | None, int] = {}
    for row in counted:
        totals[row["township"]] = totals.get(row["township"], 0) + row["total"]
    shown = [key for key in totals if key is not None][:TOWNSHIPS_SHOWN] + [key for key in totals if key is None]
    names = _first_names(rows, shown)
    found = Organisation.objects.in_bulk([key for key in shown if key is not None])
    parts = [TownshipPart(found.get(key) if key else None, totals[key], names.get(key, [])) for key in shown]
    only = bool(counted) and {row["kind"] for row in counted} == {Kind.VILLAGE}
    return Preview(sum(totals.values()), len(totals.keys() - {None}), only, parts)


def _first_names(rows: QuerySet[Organisation], townships: list[int | None]) -> dict[int | None, list[str]]:
    keys = [key for key in townships if key is not None]
    here = Q(township__in=keys) | (Q(township__isnull=True) if None in townships else Q(pk__in=[]))
    place = Window(RowNumber(), partition_by=[F("township")], order_by=F("path").asc())
    named: dict[int | None, list[str]] = {}
    for row in rows.filter(here).annotate(place=place).filter(place__lte=NAMES_SHOWN).order_by("path"):
        named.setdefault(row.township_id, []).append(str(row))
    return named

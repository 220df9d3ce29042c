"""Totals of organisations: parts by kind, form, class and township, each beside a total counted on its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation, YearRating
from orgs.models.organisation import OrganisationQuerySet
from orgs.rules import TWO_NEW, VILLAGE_LEVEL, Kind, PartyForm, VillageClass
from orgs.tree import selection


@dataclass(frozen=True)
class Part:
    """One line of a table: ``filters`` narrow the list of organisations to its rows."""

    label: str
    count: int
    filters: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Parts and the total they should add up to; ``rest`` names what the parts leave out."""

    title: str
    parts: list[Part]
    total: Part
    rest: Part

    @property
    def difference(self) -> int:
        """The total less its parts."""
        return self.total.count - sum(part.count for part in self.parts)


def rows_below(actor: Actor, root: Organisation | None) -> OrganisationQuerySet:
    """The open organisations the actor may see, at and below ``root`` if there is one."""
    return selection.organisations(actor, {"below": root.pk} if root else {})


def tables(actor: Actor, root: Organisation | None) -> list[Table]:
    """The tables by kind, by Party form and by class of this year."""
    base = {"below": root.pk} if root else {}
    rows = rows_below(actor, root)
    return [_by_kind(rows, base), _by_form(rows, base), _by_class(rows, base, actor.on.year)]


def _counts(rows: OrganisationQuerySet, column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))


def _parts(choices: Iterable[tuple[Any, Any]], counts: dict[str, int], name: str, base: dict[str, Any]) -> list[Part]:
    return [
        Part(str(label), counts.get(value, 0), {**base, name: value}) for value, label in choices if counts.get(value)
    ]


def _by_kind(rows: OrganisationQuerySet, base: dict[str, Any]) -> Table:
    parts = _parts(Kind.choices, _counts(rows, "kind"), "kind", base)
    rest = Part(
        _("Of a kind that is not known"), rows.exclude(kind__in=Kind.values).count(), {**base, "without": "kind"}
    )
    return Table(_("By kind"), parts, Part(_("All organisations"), rows.count(), base), rest)


def _by_form(rows: OrganisationQuerySet, base: dict[str, Any]) -> Table:
    parts = _parts(PartyForm.choices, _counts(rows, "party_form"), "form", base)
    rest = Part(
        _("Of a form that is not known"),
        rows.exclude(party_form__in=PartyForm.values).count(),
        {**base, "without": "form"},
    )
    return Table(_("By Party form"), parts, Part(_("All organisations"), rows.count(), base), rest)


def _by_class(rows: OrganisationQuerySet, base: dict[str, Any], year: int) -> Table:
    """Classes as entered this year; villages nobody entered a class for are the difference and count as 未定."""
    villages = rows.filter(kind__in=VILLAGE_LEVEL)
    rated = YearRating.objects.filter(year=year, organisation__in=villages)
    counts = dict(rated.order_by().values_list("village_class").annotate(Count("pk")))
    parts = [
        Part(str(label), counts.get(value, 0), {**base, "klass": value})
        for value, label in VillageClass.choices
        if value != VillageClass.UNRATED
    ]
    entered = counts.get(VillageClass.UNRATED.value, 0)
    missing = selection.of_class(rows, "missing", year).count()
    parts.append(
        Part(str(VillageClass.UNRATED.label), entered + missing, {**base, "klass": VillageClass.UNRATED.value})
    )
    total = Part(_("Villages and communities"), villages.count(), {**base, "kind": "village_level"})
    rest = Part(_("Without a class this year, counted as unrated"), missing, {**base, "klass": "missing"})
    return Table(_("By class in %(year)s") % {"year": year}, parts, total, rest)


@dataclass(frozen=True)
class TownshipRow:
    """One township or working committee: open organisations in all, and by kind group."""

    organisation: Organisation
    total: int
    villages: int
    communities: int
    two_new: int
    others: int


def by_township(actor: Actor) -> tuple[list[TownshipRow], Part, Part]:
    """A row for each township the actor may see, the total counted on its own, and those above the townships."""
    rows = rows_below(actor, None)
    townships = list(Organisation.objects.visible_to(actor).open_on(actor.on).operating().in_order())
    two_new = Q(kind__in=TWO_NEW)
    counted: dict[int | None, Any] = {
        found["township"]: found
        for found in rows.filter(township__isnull=False)
        .order_by()
        .values("township")
        .annotate(
            total=Count("pk"),
            villages=Count("pk", filter=Q(kind=Kind.VILLAGE)),
            communities=Count("pk", filter=Q(kind=Kind.COMMUNITY)),
            two_new=Count("pk", filter=two_new),
        )
    }
    lines = [_line(township, counted.get(township.pk, {})) for township in townships]
    total = Part(_("All organisations"), rows.count(), {})
    above = Part(
        _("Not under a township or working committee"),
        rows.filter(township__isnull=True).count(),
        {"without": "township"},
    )
    return lines, total, above


def _line(township: Organisation, found: dict[str, int]) -> TownshipRow:
    named = {name: found.get(name, 0) for name in ("total", "villages", "communities", "two_new")}
    others = named["total"] - named["villages"] - named["communities"] - named["two_new"]
    return TownshipRow(township, others=others, **named)

"""What the filters of a list mean: the page, its figures and its export all narrow their rows here."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from orgs.actor import Actor
from orgs.models import Organisation, Responsibility, YearRating
from orgs.models.organisation import OrganisationQuerySet
from orgs.pages import search
from orgs.rules import VILLAGE_LEVEL, Kind, PartyForm, VillageClass


def organisations(actor: Actor, wanted: Mapping[str, Any]) -> OrganisationQuerySet:
    """The organisations the actor may see, narrowed by the filters of ``OrganisationFilter``."""
    rows = Organisation.objects.visible_to(actor)
    state = wanted.get("state")
    if state == "closed":
        rows = rows.filter(closed_on__lte=actor.on)
    elif state != "all":
        rows = rows.open_on(actor.on)
    if kind := wanted.get("kind"):
        rows = rows.filter(kind__in=VILLAGE_LEVEL) if kind == "village_level" else rows.filter(kind=kind)
    if form := wanted.get("form"):
        rows = rows.filter(party_form=form)
    if klass := wanted.get("klass"):
        rows = of_class(rows, klass, actor.on.year)
    if root := wanted.get("below"):
        above = Organisation.objects.visible_to(actor).filter(pk=root).first()
        rows = rows.within(above) if above else rows.none()
    if missing := wanted.get("without"):
        rows = without(rows, missing, actor.on)
    if text := wanted.get("q"):
        rows = rows.filter(search.matching(text))
    return rows


def of_class(rows: OrganisationQuerySet, klass: str, year: int) -> OrganisationQuerySet:
    """Villages and communities of a class in a year; those nobody entered a class for are 未定, and ``missing``."""
    villages = rows.filter(kind__in=VILLAGE_LEVEL)
    ratings = YearRating.objects.filter(organisation=OuterRef("pk"), year=year)
    if klass == "missing":
        return villages.filter(~Exists(ratings))
    if klass == VillageClass.UNRATED:
        return villages.filter(~Exists(ratings.exclude(village_class=VillageClass.UNRATED)))
    return villages.filter(Exists(ratings.filter(village_class=klass)))


def without(rows: OrganisationQuerySet, missing: str, on: datetime.date) -> OrganisationQuerySet:
    """Those that lack something: a township above them, a kind or form we know, or somebody with a duty."""
    if missing == "township":
        return rows.filter(township__isnull=True)
    if missing == "kind":
        return rows.exclude(kind__in=Kind.values)
    if missing == "form":
        return rows.exclude(party_form__in=PartyForm.values)
    return rows.filter(
        ~Exists(Responsibility.objects.in_force_on(on).filter(organisation=OuterRef("pk"), duty=missing))
    )

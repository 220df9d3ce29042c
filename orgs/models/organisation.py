"""Organisations: the tree, their names past and present, second relations, classes and terms of office."""

import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import paths, scope
from orgs.rules import OPERATING, VILLAGE_LEVEL, Kind, PartyForm, RelationKind, VillageClass
from records.models import VersionedModel


class OrganisationQuerySet(scope.ScopedQuerySet["Organisation"]):
    """Organisations by use."""

    def within(self, root: "Organisation") -> Self:
        """The organisation and everything below it."""
        return self.filter(paths.within(root.path))

    def open_on(self, day: datetime.date) -> Self:
        """Those that exist on a day."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day)).exclude(opened_on__gt=day)

    def operating(self) -> Self:
        """Townships, streets and working committees: the rows of every board."""
        return self.filter(kind__in=OPERATING)

    def in_order(self) -> Self:
        """Townships before working committees before the rest, then by code."""
        return self.order_by("depth", "code")


class Organisation(VersionedModel):
    """Any node of the tree, from city to building group.

    ``path`` is the chain of steps from the root (C collation, ``orgs.paths.within`` filters by it);
    ``township`` is the township, street or working committee that operates it: itself for such a one, null above.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    initials = models.CharField(_("pinyin initials"), max_length=100, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind, db_index=True)
    party_form = models.CharField(_("Party form"), max_length=16, choices=PartyForm, default=PartyForm.NONE)
    node_type = models.CharField(_("type in the register"), max_length=40, blank=True)
    urban_rural_class = models.CharField(_("urban-rural class"), max_length=10, blank=True)
    external_parent_code = models.CharField(_("code of the parent outside the register"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    township = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="operated", verbose_name=_("township")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(editable=False)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", verbose_name=_("merged into")
    )

    objects = OrganisationQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("",), for_administrators=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["path"]
        indexes: ClassVar = [models.Index(fields=["township", "kind"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(code=""), name="organisation_has_code"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_name"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="organisation_closed_after_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        """The organisation's page."""
        return reverse("organisation", args=[self.pk])

    @property
    def is_rated(self) -> bool:
        """Whether it gets a class and stars each year."""
        return self.kind in VILLAGE_LEVEL

    def contains(self, other: "Organisation") -> bool:
        """Whether the other organisation is this one or stands below it."""
        return other.path.startswith(self.path)


class OrganisationName(models.Model):
    """A name an organisation is or was found by, beside its own: alias, or old name with its last day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=100)
    initials = models.CharField(max_length=100, blank=True, editable=False)
    until = models.DateField(_("used until"), null=True, blank=True)

    seen_with: ClassVar = "organisation"

    class Meta:
        verbose_name = _("other name")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "name"], name="other_name_once")]
        indexes: ClassVar = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name


class Relation(VersionedModel):
    """A dated second relation: ``organisation`` (a joint or host branch) also looks after ``member``."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="relations", verbose_name=_("branch"))
    member = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation looked after")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=RelationKind)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects = scope.ScopedQuerySet["Relation"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation", "member"))

    class Meta:
        verbose_name = _("second relation")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(organisation=F("member")), name="relation_between_two"),
            models.UniqueConstraint(fields=["organisation", "member", "kind", "since"], name="relation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.member}"


class YearRating(VersionedModel):
    """Class (一类/二类/三类/未定) and stars of a village or community in one year."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="ratings")
    year = models.PositiveSmallIntegerField(_("year"))
    village_class = models.CharField(_("class"), max_length=8, choices=VillageClass, default=VillageClass.UNRATED)
    stars = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)

    objects = scope.ScopedQuerySet["YearRating"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("class and stars")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "year"], name="one_rating_a_year"),
            models.CheckConstraint(condition=Q(stars__isnull=True) | Q(stars__lte=5), name="five_stars_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.get_village_class_display()}"


class TermOfOffice(VersionedModel):
    """A term of office (任期) of an organisation's leadership: the election (换届) is due when it ends."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="terms")
    started_on = models.DateField(_("term began"))
    ends_on = models.DateField(_("term ends"))

    objects = scope.ScopedQuerySet["TermOfOffice"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("term of office")
        ordering: ClassVar = ["-started_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "started_on"], name="one_term_a_start"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("started_on")), name="term_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.started_on}–{self.ends_on}"

"""Pressing for what is not done: urging (催办) and supervision orders (督办单)."""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation, Post
from records.models import VersionedModel
from supervision.rules import OWED, Color, OrderState
from tasks.models import Assignment


def _sent_from(actor: Actor) -> Q:
    """What the actor's own organisation sent: a lead department sees its urgings everywhere."""
    return Q(by__organisation=actor.organisation_id)


class Urge(VersionedModel):
    """One unit urged once: the township (or unit of its own) the items belong to, with the words added."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="urges", verbose_name=_("urged"))
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("urged by"))
    at = models.DateTimeField(_("at"))
    on = models.DateField(_("day"))
    note = models.CharField(_("words added"), max_length=300, blank=True)

    objects = scope.ScopedQuerySet["Urge"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), beyond=_sent_from)

    class Meta:
        verbose_name = _("urging")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "on"])]

    def __str__(self) -> str:
        return f"{self.organisation} {self.on}"

    def get_absolute_url(self) -> str:
        """The page of the urging."""
        return reverse("urge", args=[self.pk])


class UrgedItem(VersionedModel):
    """One assignment urged; once a day at most, whoever urges."""

    urge = models.ForeignKey(Urge, models.CASCADE, related_name="items")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="urgings")
    on = models.DateField(_("day"))

    objects = scope.ScopedQuerySet["UrgedItem"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("assignment__organisation",), lead="assignment__task__theme__lead")

    class Meta:
        verbose_name = _("item urged")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["assignment", "on"], name="urged_once_a_day")]

    def __str__(self) -> str:
        return str(self.assignment)

    @property
    def history_organisation_id(self) -> int:
        """The organisation that is urged."""
        return self.assignment.organisation_id


class SupervisionOrder(VersionedModel):
    """A numbered supervision order to one unit: its items, the day they must be put right by, the reply, its own close.

    ``serial`` counts within the county and the year; ``county`` issued it.
    """

    county = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="supervision_orders", verbose_name=_("issued to")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number"))
    color = models.CharField(_("colour"), max_length=8, choices=Color)
    state = models.CharField(_("state"), max_length=10, choices=OrderState, default=OrderState.ISSUED)
    basis = models.CharField(_("basis"), max_length=300)
    demand = models.TextField(_("what is demanded"), max_length=1000)
    signed_by = models.CharField(_("signed by"), max_length=60)
    issued_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("issued by the post"))
    issued_on = models.DateField(_("issued on"))
    rectify_by = models.DateField(_("to be put right by"))
    reply = models.TextField(_("reply"), max_length=2000, blank=True)
    replied_on = models.DateField(_("replied on"), null=True, blank=True)
    replied_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replied by")
    )
    return_reason = models.CharField(_("why the reply was sent back"), max_length=500, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = scope.ScopedQuerySet["SupervisionOrder"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("supervision order")
        verbose_name_plural = _("supervision orders")
        ordering: ClassVar = ["-year", "-serial"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "year", "serial"], name="order_number_once"),
            models.CheckConstraint(condition=models.Q(rectify_by__gte=models.F("issued_on")), name="order_leaves_time"),
        ]

    def __str__(self) -> str:
        return str(_("Supervision order 〔%(year)s〕 no. %(serial)s") % {"year": self.year, "serial": self.serial})

    def get_absolute_url(self) -> str:
        """The order's page."""
        return reverse("order", args=[self.pk])

    def is_late_on(self, day: datetime.date) -> bool:
        """Whether the unit has not replied in time."""
        return self.state in OWED and self.rectify_by < day


class OrderItem(VersionedModel):
    """One assignment an order is about, and how late it was when the order was issued."""

    order = models.ForeignKey(SupervisionOrder, models.CASCADE, related_name="items")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="order_items")
    days_late = models.PositiveSmallIntegerField(_("days late when issued"))

    seen_with: ClassVar = "order"

    class Meta:
        verbose_name = _("item of an order")
        ordering: ClassVar = ["-days_late", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "assignment"], name="item_once_an_order")]

    def __str__(self) -> str:
        return str(self.assignment)

    @property
    def history_organisation_id(self) -> int:
        """The organisation the item belongs to."""
        return self.assignment.organisation_id

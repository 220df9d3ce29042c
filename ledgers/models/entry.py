"""Entries: one row of a ledger, whichever way it came in."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import DecimalField, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ledgers import kinds
from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation
from records.models import VersionedModel


class Source(models.TextChoices):
    """How an entry's latest values came in."""

    TYPED = "typed", _("typed in")
    IMPORT = "import", _("imported")
    TASK = "task", _("reported with a task")
    REORGANISED = "reorganised", _("carried over when organisations changed")


def restricted(actor: Actor) -> Q:
    """Entries of ledgers that are closed to the actor's role."""
    return Q(ledger__in=kinds.of(actor).closed_to(actor.role))


def _gone(actor: Actor, side: str) -> Q:
    """What is kept of deleted entries whose ledger is open to the actor's role."""
    name = f"{side}__ledger"
    return Q(**{f"{name}__isnull": False}) & ~Q(**{f"{name}__in": list(kinds.of(actor).closed_to(actor.role))})


class EntryQuerySet(scope.ScopedQuerySet["Entry"]):
    """Entries by use. Figures are added up in the database, from the text under which they are stored."""

    def of(self, ledger: str, period: str | None = None) -> Self:
        """Those of a ledger, in one period when it is given."""
        rows = self.filter(ledger=ledger)
        return rows if period is None else rows.filter(period=period)

    def newest(self) -> Self:
        """The latest period's row of each organisation and natural key."""
        same = Entry.objects.filter(
            ledger=OuterRef("ledger"), organisation=OuterRef("organisation"), key=OuterRef("key")
        ).order_by("-period")
        return self.filter(pk=Subquery(same.values("pk")[:1]))

    def that_count(self) -> Self:
        """Without meetings that a work meeting stood in for (以业务会代替)."""
        return self.filter(is_not_yes("replaced_by_business"))

    def with_number(self, **fields: str) -> Self:
        """Each value asked for as a number that can be compared and added up; null where it is blank."""
        return self.annotate(**{name: number_of(key) for name, key in fields.items()})

    def in_order(self) -> Self:
        """By township and organisation, then by what names the row."""
        return self.order_by("organisation__path", "period", "key")


def text_of(key: str) -> KeyTextTransform:
    """A value as text in SQL. A yes is ``true`` on PostgreSQL and ``1`` on SQLite: compare flags by ``is_yes``."""
    return KeyTextTransform(key, "values")


def number_of(key: str) -> Cast:
    """A value as a number in SQL; money in 元, areas in ㎡."""
    return Cast(text_of(key), DecimalField(max_digits=20, decimal_places=4))


def is_yes(key: str) -> Q:
    """Rows whose flag is a yes."""
    return Q(**{f"values__{key}": True})


def is_not_yes(key: str) -> Q:
    """Rows whose flag is a no or blank; ``~is_yes`` would lose the blank ones, null being neither."""
    return Q(**{f"values__{key}": False}) | ~Q(values__has_key=key)


def is_blank(key: str) -> Q:
    """Rows without that value: blanks are not stored."""
    return Q(**{f"values__{key}__isnull": True})


class Entry(VersionedModel):
    """One row of ``ledger`` (a kind's key): an organisation's values in a period.

    ``period`` is a stored period key, empty for a list that goes on. ``key`` is the row's natural key as
    ``ledgers.rules.values`` makes it, sealed when it holds personal data, empty when there is one row.
    ``values`` holds what is filled in by field, in stored form (``ledgers.rules.values``): exact decimals and dates
    as text, blanks left out, personal data sealed. ``marks`` says per field what else is known, such as ``about``
    for 约. ``linked`` is the organisation of the tree this row speaks of (a two-new unit).
    ``source_name`` names the file, task or page the latest values came from.
    """

    ledger = models.CharField(_("ledger"), max_length=40)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ledger_entries", verbose_name=_("organisation")
    )
    period = models.CharField(_("period"), max_length=8, blank=True)
    key = models.CharField(max_length=200, blank=True)
    values = models.JSONField(_("values"), default=dict)
    marks = models.JSONField(_("marks"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.TYPED)
    source_name = models.CharField(_("named"), max_length=200, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    linked = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="told_by_entries",
        verbose_name=_("organisation of the register"),
    )

    objects = EntryQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), embargo=restricted, gone=_gone)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["ledger", "period", "organisation"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ledger", "organisation", "period", "key"], name="entry_once"),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [str(self.organisation), self.period]))

    def get_absolute_url(self) -> str:
        """The entry's page."""
        return reverse("ledger_entry", args=[self.pk])

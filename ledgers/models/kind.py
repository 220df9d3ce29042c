"""A county's own descriptions of ledgers, in place of the shipped ones or beside them.

What is in force where is said by ``ledgers.kinds.Ledgers``: shipped descriptions come from ``fixtures/ledgers``, and a
row here replaces the part of the same key. So an upgrade changes only what was not edited.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledgers.rules.kinds import PeriodKind, Subject
from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation
from records.models import VersionedModel


def _read_below(actor: Actor) -> Q:
    """Rows of the organisations above the actor's own: everybody reads what holds for all."""
    return Q(organisation__path__in=actor.above)


class LedgerKind(VersionedModel):
    """A ledger's own line: name, period, whose rows, what names a row, who may see it, and its checks.

    ``checks`` is a list of ``{"text": …, "severity": …}``. ``shipped_hash`` is that of the shipped line it was edited
    from, empty for a ledger of the county's own.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="own_ledgers", verbose_name=_("organisation")
    )
    key = models.CharField(_("key"), max_length=40)
    label_zh = models.CharField(_("Chinese name"), max_length=60)
    label_en = models.CharField(_("English name"), max_length=80, blank=True)
    note_zh = models.TextField(_("what it is for"), blank=True)
    note_en = models.TextField(_("what it is for, in English"), blank=True)
    period = models.CharField(_("kept anew"), max_length=8, choices=PeriodKind, blank=True)
    subject = models.CharField(_("holds rows of"), max_length=10, choices=Subject, default=Subject.VILLAGE)
    natural_key = models.JSONField(_("what tells rows apart"), default=list, blank=True)
    roles = models.JSONField(_("only to be seen by"), default=list, blank=True)
    everyone = models.BooleanField(_("every one of them owes a row"), default=False)
    stale_days = models.PositiveSmallIntegerField(_("stale after days"), default=180)
    checks = models.JSONField(_("checks"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("in use"), default=True)
    shipped_hash = models.CharField(max_length=16, blank=True)

    objects = scope.ScopedQuerySet["LedgerKind"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), beyond=_read_below)

    class Meta:
        verbose_name = _("ledger")
        verbose_name_plural = _("ledgers")
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="ledger_once")]

    def __str__(self) -> str:
        return self.label_zh


class KindField(VersionedModel):
    """A column of the ledger ``ledger``: the dictionary's ``field``, its place, heading aliases, and when it is asked.

    A row with ``active`` False takes a shipped column out.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="own_ledger_columns", verbose_name=_("organisation")
    )
    ledger = models.CharField(max_length=40)
    field = models.CharField(_("field"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    required = models.BooleanField(_("must be filled in"), default=False)
    aliases = models.JSONField(_("other headings"), default=list, blank=True)
    group = models.CharField(_("heading above"), max_length=60, blank=True)
    since = models.DateField(_("asked from"), null=True, blank=True)
    until = models.DateField(_("asked until"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    shipped_hash = models.CharField(max_length=16, blank=True)

    objects = scope.ScopedQuerySet["KindField"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), beyond=_read_below)

    class Meta:
        verbose_name = _("column of a ledger")
        verbose_name_plural = _("columns of a ledger")
        ordering: ClassVar = ["ledger", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "ledger", "field"], name="column_once")
        ]

    def __str__(self) -> str:
        return f"{self.ledger}: {self.field}"

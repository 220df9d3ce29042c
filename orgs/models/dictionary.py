"""The field dictionary: a county's own words for fields, in place of the shipped ones or beside them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.field_rules import FieldRule, FieldType, field_of
from orgs.models.organisation import Organisation
from orgs.scope import Reader
from records.models import VersionedModel


def read_below(actor: Reader) -> Q:
    """Rows of the organisations above the actor's own: everybody reads what holds for all."""
    return Q(organisation__path__in=actor.above)


class Field(VersionedModel):
    """A field as ``organisation`` and all below it know it; ``orgs.county.dictionary`` says which row holds where.

    ``shipped_hash`` is that of the shipped field it was edited from, empty for a field of the county's own.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="own_fields", verbose_name=_("organisation")
    )
    key = models.CharField(_("key"), max_length=60)
    type = models.CharField(_("type"), max_length=12, choices=FieldType)
    label_zh = models.CharField(_("Chinese name"), max_length=60)
    label_en = models.CharField(_("English name"), max_length=80, blank=True)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    codes = models.JSONField(_("code list"), default=list, blank=True)
    aliases = models.JSONField(_("other headings"), default=list, blank=True)
    personal = models.BooleanField(_("personal data"), default=False)
    long = models.BooleanField(_("more than one line"), default=False)
    shipped_hash = models.CharField(max_length=16, blank=True)

    objects = scope.ScopedQuerySet["Field"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), beyond=read_below)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="field_once")]

    def __str__(self) -> str:
        return self.label_zh

    def rule(self) -> FieldRule:
        """The row as the dictionary reads it."""
        row: dict[str, Any] = {
            "key": self.key,
            "type": self.type,
            "zh": self.label_zh,
            "en": self.label_en,
            "unit": self.unit,
            "codes": self.codes,
            "aliases": self.aliases,
            "personal": self.personal,
            "long": self.long,
        }
        return field_of(row)

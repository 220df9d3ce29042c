"""Imports of workbooks: what was sent, how it was read, what was corrected, and what was written."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ledgers import kinds
from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation
from records.models import ChangeSet, StoredFile, Work


class BatchState(models.TextChoices):
    """How far an import is."""

    DRAFT = "draft", _("not imported yet")
    WAITING = "waiting", _("some rows still wait")
    IMPORTED = "imported", _("imported")
    UNDONE = "undone", _("undone")


def restricted(actor: Actor) -> Q:
    """Imports into ledgers that are closed to the actor's role."""
    return Q(ledger__in=kinds.of(actor).closed_to(actor.role))


class BatchQuerySet(scope.ScopedQuerySet["ImportBatch"]):
    """Imports by use."""

    def of_staff(self, actor: Actor) -> Self:
        """Those the actor may go on with: of the actor's own organisation."""
        return self.visible_to(actor).filter(organisation=actor.organisation_id)


class ImportBatch(models.Model):
    """One workbook on its way into a ledger, sent for ``organisation``.

    ``headings`` are the person's own choices: heading → field, empty for none; ``answers`` what was asked about whole
    columns (``ledgers.imports.doubts``). ``fixes`` are corrections by row,
    sealed (``ledgers.imports.staging``). ``counts`` are the rows by how they stand, ``tables`` what was found in the
    workbook (``ledgers.imports.reading``). What was read lies in the parts, which are dropped when the time for undoing
    is over. ``revision`` grows with every change, so that two people do not work on it unawares; ``basis`` tells
    whether what the rows were judged by still stands (``ledgers.imports.judging``).
    """

    ledger = models.CharField(_("ledger"), max_length=40)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ledger_imports", verbose_name=_("organisation")
    )
    period = models.CharField(_("period"), max_length=8, blank=True)
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.DRAFT)
    headings = models.JSONField(default=dict)
    answers = models.JSONField(default=dict, null=True)
    headings_seen = models.BooleanField(default=False)
    fixes = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    tables = models.JSONField(default=list)
    ignored = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    basis = models.CharField(max_length=64, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    post_name = models.CharField(_("post"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("sent at"))
    imported_at = models.DateTimeField(_("imported at"), null=True)
    work = models.ForeignKey(Work, models.SET_NULL, null=True, related_name="+")
    purged_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), embargo=restricted)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the import stands: its headings first, then its rows."""
        step = "ledger_import" if self.headings_seen or self.state != BatchState.DRAFT else "ledger_import_headings"
        return reverse(step, args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether there may be rows left to import."""
        return self.state in {BatchState.DRAFT, BatchState.WAITING} and self.purged_at is None


class BatchFile(models.Model):
    """One time the workbook was sent, the original first, then mended ones; the content is sealed.

    ``digest`` is a keyed digest of what was sent: it tells that the same workbook came before.
    """

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class BatchPart(models.Model):
    """A thousand read rows of an import, compressed and sealed: see ``ledgers.imports.staging``.

    ``done`` says that those among them that were good have been imported.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    done = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "number"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class BatchCommit(models.Model):
    """One time rows of an import were written: the change set that shows them and undoes them."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="commits")
    change_set = models.OneToOneField(ChangeSet, models.PROTECT, related_name="+")
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return str(self.change_set_id)


class KnownHeading(models.Model):
    """What a heading means to an organisation in one of its ledgers, as somebody there chose; empty for no field."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="known_headings")
    ledger = models.CharField(max_length=40)
    heading = models.CharField(max_length=200)
    field = models.CharField(max_length=60, blank=True)

    objects = scope.ScopedQuerySet["KnownHeading"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "ledger", "heading"], name="heading_once")
        ]

    def __str__(self) -> str:
        return f"{self.heading}: {self.field}"


class KnownUnit(models.Model):
    """In which unit the money of a column is, as somebody of an organisation said where its workbook does not.

    ``column`` is a digest of the layout, the column and what was in doubt about it (``sheets.stated.question``).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="known_units")
    ledger = models.CharField(max_length=40)
    column = models.CharField(max_length=40)
    unit = models.CharField(max_length=10)

    objects = scope.ScopedQuerySet["KnownUnit"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "ledger", "column"], name="unit_once")]

    def __str__(self) -> str:
        return self.unit

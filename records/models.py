"""What was changed by whom, what happened, which files are kept, and what is being done in the background."""

from typing import Any, ClassVar, NoReturn, Protocol, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import concealing

NO_ROW = "0"  # what a form carries that begins a row


class VersionedModel(models.Model):
    """A row people edit: ``version`` is the change set that wrote it last, so that a stale save is noticed."""

    version = models.BigIntegerField(_("version"), default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def seen(self) -> str:
        """The version as pages and scripts carry it: a keyed digest of the row and its version."""
        return seen_of(self)


def seen_of(row: VersionedModel | None) -> str:
    """A row's version as people see it; ``0`` while there is no row."""
    return NO_ROW if row is None or row.pk is None else concealing.conceal(_about(row), row.version)


def version_seen(row: VersionedModel | None, text: str) -> int:
    """The version behind what a page sent back, 0 when it saw no row; ``NOT_SEEN`` for what was never given out."""
    if text == NO_ROW:
        return 0
    found = concealing.revealed(_about(row), text) if row is not None else None
    return concealing.NOT_SEEN if found is None else found


def _about(row: VersionedModel) -> str:
    return f"version of {row._meta.label_lower} {row.pk}"


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A queryset that refuses to rewrite history."""

    def update(self, **kwargs: object) -> NoReturn:
        """Refuse: these rows are only ever added."""
        raise TypeError("These rows are only ever added.")

    def delete(self) -> NoReturn:
        """Refuse: these rows are only ever added."""
        raise TypeError("These rows are only ever added.")


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; a second save is refused."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("These rows are only ever added.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: these rows are only ever added."""
        raise TypeError("These rows are only ever added.")


class ChangeSet(AppendOnlyModel):
    """One action of one person: everything it wrote, to be read as history and undone as one."""

    verb = models.CharField(_("verb"), max_length=60)
    note = models.TextField(_("reason"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="change_sets", verbose_name=_("by")
    )
    post_name = models.CharField(_("post"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        related_name="change_sets",
        verbose_name=_("acting organisation"),
    )
    at = models.DateTimeField(_("at"), db_index=True)
    request_id = models.CharField(max_length=32, blank=True)
    undo_of = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by", verbose_name=_("undoes")
    )

    class Meta:
        verbose_name = _("change set")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


class Change(AppendOnlyModel):
    """One row written by a change set: ``before`` is null for a creation, ``after`` for a deletion.

    ``organisation`` is the one whose row it is, which is also on whose behalf it was written.
    Both pictures hold the changed fields only, as JSON-safe values of ``records.changes.picture``.
    """

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    organisation = models.ForeignKey(
        "orgs.Organisation", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["kind", "object_id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Event(AppendOnlyModel):
    """One line of the event log: who did or tried what, from where, with what result."""

    class Result(models.TextChoices):
        """How it ended."""

        DONE = "done", _("done")
        DENIED = "denied", _("denied")
        FAILED = "failed", _("failed")

    at = models.DateTimeField(_("time"), db_index=True)
    kind = models.CharField(_("what"), max_length=60, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("user")
    )
    username = models.CharField(_("user name given"), max_length=150, blank=True)
    post_name = models.CharField(_("post"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    subject = models.CharField(_("object"), max_length=250, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result)
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("event")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class StoredFile(models.Model):
    """The content of a file, kept once by its hash; names and meaning belong to the rows that link to it."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    content_type = models.CharField(_("type"), max_length=100)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")

    def __str__(self) -> str:
        return self.sha256[:12]


class Starter(Protocol):
    """Whose work it is: a person in a post, both by key."""

    @property
    def user_id(self) -> int:
        """The user's key."""

    @property
    def post_id(self) -> int:
        """The key of the post in force."""


class WorkQuerySet(models.QuerySet["Work"]):
    """Background work by whose it is."""

    def visible_to(self, starter: "Starter | None") -> Self:
        """What the person started in the post in force; nobody else sees it."""
        if starter is None:
            return self.none()
        return self.filter(user=starter.user_id, post_id=starter.post_id)


class Work(models.Model):
    """One piece of background work: who started it in which post, what it is about, how it stands, what came of it.

    ``post_id`` is a key only: posts stand above this app. ``url`` is where the work belongs; ``result`` may hold
    another ``url`` to go to when it is done, and a ``message``. How far it is stands in the cache: ``records.work``.
    """

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", _("waiting for its turn")
        RUNNING = "running", _("being done")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        BROKEN = "broken", _("broken off")

    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200)
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by"))
    post_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    request_id = models.CharField(max_length=32, blank=True)
    url = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(_("what went wrong"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(_("started at"))
    queued_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("background work")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=models.Q(seen_at__isnull=True), name="work_not_seen"),
            models.Index(fields=["queued_at"], condition=models.Q(state__in=["waiting", "running"]), name="work_open"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The page that shows how far it is."""
        return reverse("work", args=[self.pk])


class Sending(models.Model):
    """One form sent once: whoever sends it again under the same key gets what came of it the first time.

    ``key`` is made where the form stands; ``claim`` names the request that does it. ``wrote`` is set in the transaction
    of what the request writes, so that it says truly whether anything was done, however the request ended. ``status``
    is null until it was answered; ``location`` is where the answer led, ``body`` an answer in JSON.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    claim = models.CharField(max_length=32)
    at = models.DateTimeField(db_index=True)
    wrote = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=2000, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        verbose_name = _("sending")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="sending_once")]

    def __str__(self) -> str:
        return self.key

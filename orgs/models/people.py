"""People: accounts, dated posts, and the one-time codes that open an account."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models.organisation import Organisation
from orgs.rules import Role
from records.models import VersionedModel


class User(VersionedModel, AbstractUser):
    """A person with an account; what the person may do comes from posts, never from the account."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=30, blank=True)

    REQUIRED_FIELDS: ClassVar = ["name"]
    history_hides: ClassVar = frozenset({"password", "last_login"})

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The person's name."""
        return str(self)

    def get_short_name(self) -> str:
        """The person's name."""
        return str(self)


class PostQuerySet(scope.ScopedQuerySet["Post"]):
    """Posts by use."""

    def held_on(self, day: datetime.date) -> Self:
        """Those in force on a day, both ends included."""
        return self.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gte=day))


class Post(VersionedModel):
    """A role at an organisation, held by a person from one day to another (both included)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=24, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation"))
    title = models.CharField(_("title"), max_length=60, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    stands_in_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stand_ins", verbose_name=_("stands in for")
    )

    objects = PostQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), for_administrators=True)

    class Meta:
        verbose_name = _("post")
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="post_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.INSPECTOR) | Q(until__isnull=False), name="inspector_has_end_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.title or self.get_role_display()}"


class ActivationCode(models.Model):
    """A one-time code that lets a person set a password; only its hash is kept."""

    user = models.OneToOneField(User, models.CASCADE, related_name="activation")
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    history_hides: ClassVar = frozenset({"code_hash"})

    class Meta:
        verbose_name = _("activation code")

    def __str__(self) -> str:
        return str(self.user)

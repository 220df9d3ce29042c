"""What people do with their own account: opening it by the one-time code, and changing the password."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from orgs.actor import Actor
from orgs.models import ActivationCode, User
from records.changes import change_set

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is mistaken for another when read from paper


class WrongCode(Exception):
    """User name and code do not fit together, or the code is used or expired."""


@dataclass(frozen=True)
class Oneself:
    """A person acting on the own account, in no post."""

    user_id: int
    now: datetime.datetime
    organisation_id: None = None
    post_name: str = ""


def hash_of(user: User, code: str) -> str:
    """What is kept of a code: keyed with the installation's secret, so a new secret voids unused codes."""
    letters = "".join(c for c in code.upper() if c in CODE_LETTERS)
    return salted_hmac("orgs.activation", f"{user.pk}:{letters}", algorithm="sha256").hexdigest()


@transaction.atomic
def activate(*, username: str, code: str, password: str, at: datetime.datetime) -> User:
    """Set the password of an account by its code, which is used up. Raises ``WrongCode``, or ``ValidationError``."""
    found = ActivationCode.objects.select_for_update(of=("self",)).select_related("user")
    entry = found.filter(user__username=username, user__is_active=True).first()
    if entry is None or entry.used_at or entry.expires_at <= at:
        raise WrongCode
    if not constant_time_compare(entry.code_hash, hash_of(entry.user, code)):
        raise WrongCode
    validate_password(password, entry.user)
    with change_set("people.activate", by=Oneself(entry.user.pk, at)) as changes:
        changes.update(entry, used_at=at)
        entry.user.set_password(password)
        entry.user.save(update_fields=["password"])
    return entry.user


@transaction.atomic
def set_password(user: User, password: str, *, by: Actor | None, at: datetime.datetime) -> None:
    """Change one's own password; the history says that it was changed, never to what."""
    with change_set("people.set_password", by=by or Oneself(user.pk, at)):
        user.set_password(password)
        user.save(update_fields=["password"])

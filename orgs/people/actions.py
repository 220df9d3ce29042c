"""Accounts: opened with a one-time code, renewed, edited, closed; posts are in ``orgs.people.post_actions``."""

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.utils.translation import gettext as _

from dates import clock
from orgs.actor import Actor
from orgs.models import ActivationCode, Organisation, User
from orgs.people.administration import may_keep_account, may_keep_accounts
from orgs.people.post_actions import appoint, end_post
from orgs.scope import require
from orgs.sign_in.actions import CODE_LETTERS, hash_of
from records.changes import Writer, change_set

__all__ = [
    "FaultyRows",
    "Newcomer",
    "appoint",
    "edit_person",
    "end_post",
    "open_account",
    "renew_code",
    "set_active",
    "welcome",
    "welcome_all",
]
CODE_LENGTH = 12  # 60 bits
_USERNAME = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,39}\Z")


class FaultyRows(Exception):
    """Some of several newcomers cannot be taken in: ``faults`` are positions and sentences."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


def _new_code(changes: Writer, user: User, at: datetime.datetime) -> str:
    """A fresh code in groups of four; the one before is void."""
    code = "".join(secrets.choice(CODE_LETTERS) for _place in range(CODE_LENGTH))
    for old in ActivationCode.objects.filter(user=user):
        changes.delete(old)
    expires = at + datetime.timedelta(days=settings.ACTIVATION_CODE_DAYS)
    changes.create(ActivationCode(user=user, code_hash=hash_of(user, code), expires_at=expires))
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def username_fault(username: str) -> str:
    """Why this user name cannot be given, or the empty string."""
    try:
        _USERNAME(username)
    except ValidationError:
        return _("“%(username)s” cannot be a user name: 2 to 40 letters, digits, dots or hyphens, no spaces.") % {
            "username": username
        }
    if User.objects.filter(username__iexact=username).exists():
        return _("The user name “%(username)s” is taken; choose another one.") % {"username": username}
    return ""


@transaction.atomic
def open_account(
    *, username: str, name: str, phone: str = "", by: Actor | None, at: datetime.datetime | None = None
) -> tuple[User, str]:
    """Open an account without a password; the code is returned this once.

    ``by`` None is the installation's own command. Raises ``PermissionDenied``, or ``ValidationError``.
    """
    if by is not None:
        require(may_keep_accounts(by))
    if fault := username_fault(username):
        raise ValidationError({"username": fault})
    at = at or (by.now if by else clock.now())
    with change_set("people.open_account", by=by, at=at) as changes:
        user = User(username=username, name=name, phone=phone)
        user.set_unusable_password()
        changes.create(user)
        return user, _new_code(changes, user, at)


@transaction.atomic
def renew_code(user: User, *, by: Actor) -> str:
    """Give a new one-time code, returned this once; the old password stops working. Raises ``PermissionDenied``."""
    require(may_keep_account(by, user))
    with change_set("people.renew_code", by=by) as changes:
        user.set_unusable_password()
        user.save(update_fields=["password"])  # a password's hash stays out of the history
        return _new_code(changes, user, by.now)


@transaction.atomic
def edit_person(user: User, *, expected: int, name: str, phone: str, by: Actor) -> User:
    """Change name and phone. Raises ``PermissionDenied``, or ``Conflict``."""
    require(may_keep_account(by, user))
    with change_set("people.edit", by=by) as changes:
        return changes.update(user, expected=expected, name=name, phone=phone)


@transaction.atomic
def set_active(user: User, active: bool, *, by: Actor) -> User:
    """Close an account, which signs the person out at once, or open it again. Raises ``PermissionDenied``."""
    require(may_keep_account(by, user))
    with change_set("people.reactivate" if active else "people.deactivate", by=by) as changes:
        return changes.update(user, is_active=active)


@dataclass(frozen=True)
class Newcomer:
    """A person to open an account for, with the first post if there is one."""

    name: str
    username: str
    phone: str = ""
    role: str = ""
    organisation: Organisation | None = None
    title: str = ""
    until: datetime.date | None = None
    since: datetime.date | None = None


@transaction.atomic
def welcome(newcomer: Newcomer, *, by: Actor) -> tuple[User, str]:
    """Open an account with its first post. Raises ``PermissionDenied``, or ``ValidationError`` by field."""
    user, code = open_account(username=newcomer.username, name=newcomer.name, phone=newcomer.phone, by=by)
    if newcomer.role and newcomer.organisation:
        appoint(
            user,
            role=newcomer.role,
            organisation=newcomer.organisation,
            since=newcomer.since or by.on,
            until=newcomer.until,
            title=newcomer.title,
            by=by,
        )
    return user, code


@transaction.atomic
def welcome_all(newcomers: Sequence[Newcomer], *, by: Actor) -> list[tuple[User, str]]:
    """Open all these accounts or none. Raises ``PermissionDenied``, or ``FaultyRows`` with every fault by position."""
    opened: list[tuple[User, str]] = []
    faults: list[tuple[int, str]] = []
    for position, newcomer in enumerate(newcomers):
        try:
            with transaction.atomic():
                opened.append(welcome(newcomer, by=by))
        except ValidationError as error:
            faults += [(position, message) for message in error.messages]
    if faults:
        raise FaultyRows(faults)
    return opened

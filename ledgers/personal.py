"""Personal data on screen and in exports: masked, unless the person gave a reason, which the event log keeps."""

import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule
from orgs.field_rules import FieldRule
from orgs.pages.doors import BusinessRequest
from orgs.sign_in import acting
from records import events

MINUTES = 15  # how long a reason holds
_SESSION = "ledgers_open_until"


def reveal(request: BusinessRequest, kind: KindRule, reason: str) -> None:
    """Open a ledger's personal data to this session for a while, and log why."""
    now = request.actor.now
    until = now + datetime.timedelta(minutes=MINUTES)
    request.session[_SESSION] = {**request.session.get(_SESSION, {}), _name(request, kind): until.isoformat()}
    events.log(
        "ledger_reveal",
        at=now,
        user_id=request.actor.user_id,
        post_name=request.actor.post_name,
        address=acting.address_of(request),
        subject=_("%(ledger)s: %(reason)s") % {"ledger": kind.label, "reason": reason},
    )


def is_open(request: HttpRequest, kind: KindRule) -> bool:
    """Whether the session has given a reason for this ledger that still holds."""
    if not kind.personal:
        return True
    until = request.session.get(_SESSION, {}).get(_name(request, kind))
    actor = getattr(request, "actor", None)
    return bool(until and actor and datetime.datetime.fromisoformat(until) > actor.now)


def _name(request: HttpRequest, kind: KindRule) -> str:
    """A reason holds for one ledger in one post."""
    actor = getattr(request, "actor", None)
    return f"{kind.key}:{actor.post.pk if actor else ''}"


def shown(field: FieldRule, value: object, *, is_open: bool, marks: list[str] | None = None) -> str:
    """An opened value in words, masked when it is personal and no reason was given."""
    if field.is_personal and not is_open:
        return rules.masked(field, value)
    return rules.shown(field, value, marks or ())

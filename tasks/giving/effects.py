"""Who would owe a task no more and who would owe it newly: shown before it is done, and done as it was shown."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Organisation
from orgs.pages import shown

NAMES_SHOWN = 8


@dataclass(frozen=True)
class Effect:
    """The organisations (keys) from whom a task would be withdrawn, and those to whom it would be issued."""

    withdrawn: frozenset[int] = frozenset()
    issued: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.withdrawn or self.issued)

    @property
    def token(self) -> str:
        """What a form sends back of what it showed."""
        return shown.fingerprint(self.withdrawn, self.issued)

    @property
    def words(self) -> str:
        """47 withdrawn, 25 issued."""
        parts = []
        if self.withdrawn:
            count = len(self.withdrawn)
            parts.append(ngettext("%(count)s withdrawn", "%(count)s withdrawn", count) % {"count": count})
        if self.issued:
            count = len(self.issued)
            parts.append(ngettext("%(count)s issued", "%(count)s issued", count) % {"count": count})
        return _(", ").join(parts)

    @property
    def withdrawn_names(self) -> str:
        """The first of those who would owe it no more, by name."""
        return _named(self.withdrawn)

    @property
    def issued_names(self) -> str:
        """The first of those who would owe it newly, by name."""
        return _named(self.issued)


def _named(keys: Collection[int]) -> str:
    found = Organisation.objects.filter(pk__in=keys).order_by("path")[:NAMES_SHOWN]
    text, more = _(", ").join(map(str, found)), len(keys) - NAMES_SHOWN
    return _("%(names)s and %(count)s more") % {"names": text, "count": more} if more > 0 else text


class NotShown(Exception):
    """What would be done is not what the person was shown; ``effect`` is what would be done now."""

    def __init__(self, effect: Effect) -> None:
        super().__init__(effect.words)
        self.effect = effect


def require_shown(effect: Effect, confirmed: str | None) -> None:
    """Raise ``NotShown`` unless nothing changes hands or ``confirmed`` is the token of just this effect.

    None asks nothing: for a caller without a person before a page.
    """
    if confirmed is not None and effect and confirmed != effect.token:
        raise NotShown(effect)

"""The values of options in force at an organisation; the nearest organisation's value wins."""

from typing import Any

from orgs import paths
from orgs.models import OptionValue, Organisation
from orgs.options import Options


def of(organisation: Organisation) -> Options:
    """The values in force at an organisation, in one query."""
    return _at(organisation.path, include_own=True)


def above(organisation: Organisation) -> Options:
    """The values that would hold at the organisation if it set none itself."""
    return _at(organisation.path, include_own=False)


def _at(path: str, *, include_own: bool) -> Options:
    owners = paths.above(path) if include_own else paths.above(path)[:-1]
    rows = OptionValue.objects.filter(organisation__path__in=owners).order_by("organisation__depth")
    return Options(dict(rows.values_list("key", "value")))


class Everywhere:
    """The values in force at any organisation, read once: for work that goes over all of them."""

    def __init__(self) -> None:
        self._stored: dict[str, dict[str, Any]] = {}
        for path, key, value in OptionValue.objects.values_list("organisation__path", "key", "value"):
            self._stored.setdefault(path, {})[key] = value
        self._made: dict[tuple[str, ...], Options] = {}

    def at(self, path: str) -> Options:
        """The values in force at the organisation with this path."""
        owners = tuple(above for above in paths.above(path) if above in self._stored)
        if owners not in self._made:
            self._made[owners] = Options({key: value for path in owners for key, value in self._stored[path].items()})
        return self._made[owners]

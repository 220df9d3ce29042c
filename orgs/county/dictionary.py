"""The field dictionary in force: shipped fields, and in their place those a county made its own; the nearest wins."""

from collections.abc import Mapping
from functools import cache

import yaml
from django.conf import settings

from orgs import paths
from orgs.field_rules import FieldRule, field_of
from orgs.models import Field

Fields = Mapping[str, FieldRule]


@cache
def shipped() -> Fields:
    """The fields of ``fixtures/dictionary/fields.yaml`` by key."""
    text = (settings.BASE_DIR / "fixtures" / "dictionary" / "fields.yaml").read_text(encoding="utf-8")
    return {row["key"]: field_of(row) for row in yaml.safe_load(text)}


class Dictionary:
    """The dictionary at any organisation, read once."""

    def __init__(self) -> None:
        self._own: dict[str, dict[str, FieldRule]] = {}
        for row in Field.objects.select_related("organisation"):
            self._own.setdefault(row.organisation.path, {})[row.key] = row.rule()
        self._made: dict[tuple[str, ...], Fields] = {}

    def owners(self, path: str) -> tuple[str, ...]:
        """The organisations at and above a path that have fields of their own."""
        return tuple(above for above in paths.above(path) if above in self._own)

    def at(self, path: str) -> Fields:
        """The fields in force at an organisation, by key."""
        owners = self.owners(path)
        if owners not in self._made:
            found = dict(shipped())
            for owner in owners:
                found.update(self._own[owner])
            self._made[owners] = found
        return self._made[owners]

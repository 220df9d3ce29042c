"""The table of kinds in force: shipped rows, and in their place the rows a county made its own."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from orgs import paths
from reminders.models import ReminderKind
from reminders.rules.kinds import COLUMNS, KindRule, Kinds

EDITABLE = COLUMNS


@cache
def shipped() -> Kinds:
    """The rows of ``fixtures/reminders/kinds.yaml``."""
    rows = yaml.safe_load((settings.BASE_DIR / "fixtures" / "reminders" / "kinds.yaml").read_text(encoding="utf-8"))
    return tuple(_rule(row) for row in rows)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _rule(row: dict[str, Any]) -> KindRule:
    hour = datetime.time.fromisoformat(row["hour"]) if "hour" in row else None
    return KindRule(**{**{name: _frozen(value) for name, value in row.items()}, "hour": hour})


def hash_of(rule: KindRule) -> str:
    """A shipped row's content in 16 characters."""
    text = json.dumps(asdict(rule), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def own(rule: KindRule, row: ReminderKind) -> KindRule:
    """The shipped row with what the county wrote in its place."""
    return replace(rule, **{name: _frozen(getattr(row, name)) for name in EDITABLE})


class Tables:
    """The table of kinds at any organisation, read once; ``tried`` holds rows as they would be, for a preview."""

    def __init__(self, tried: Mapping[str, KindRule] | None = None) -> None:
        self._tried = dict(tried or {})
        self._rows: dict[str, dict[str, ReminderKind]] = {}
        for row in ReminderKind.objects.select_related("organisation"):
            self._rows.setdefault(row.organisation.path, {})[row.key] = row
        self._made: dict[tuple[str, ...], Kinds] = {}

    def at(self, path: str) -> Kinds:
        """The rows in force at an organisation: the nearest one above it that made a row its own wins."""
        owners = tuple(above for above in paths.above(path) if above in self._rows)
        found = self._made.get(owners)
        if found is None:
            found = self._made[owners] = tuple(self._row(rule, owners) for rule in shipped())
        return found

    def _row(self, rule: KindRule, owners: tuple[str, ...]) -> KindRule:
        for path in owners:
            if rule.key in self._rows[path]:
                rule = own(rule, self._rows[path][rule.key])
        return self._tried.get(rule.key, rule)

    def every(self) -> list[KindRule]:
        """All rows in force anywhere."""
        return [*shipped(), *(rule for path in self._rows for rule in self.at(path)), *self._tried.values()]

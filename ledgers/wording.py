"""A change of an entry in words: each value that changed, from what to what; personal data stays masked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from ledgers import personal, sealing
from ledgers.superior import sources
from orgs.county.dictionary import Dictionary
from orgs.field_rules import FieldRule, FieldType
from orgs.history.reading import FieldChange
from orgs.models import Organisation
from records.models import Change
from sheets.packed import column_letters


def entries(changes: Sequence[Change]) -> Mapping[int, list[FieldChange]]:
    """The fields that changed, by the change's key; two queries whatever their number."""
    dictionary = Dictionary()
    paths = dict(
        Organisation.objects.filter(pk__in={change.organisation_id for change in changes}).values_list("pk", "path")
    )
    return {change.pk: _fields(change, dictionary.at(paths.get(change.organisation_id or 0, ""))) for change in changes}


def _fields(change: Change, dictionary: Mapping[str, FieldRule]) -> list[FieldChange]:
    old, new = (_opened(side) for side in (change.before, change.after))
    lines = []
    if any("period" in (side or {}) for side in (change.before, change.after)):
        sides = [(side or {}).get("period") or "" for side in (change.before, change.after)]
        lines.append(FieldChange(_("period"), *_sides(change, *sides)))
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) == new.get(key):
            continue
        rule = dictionary.get(key) or FieldRule(key, FieldType.TEXT, key)
        if _was_sealed(change, key):
            rule = replace(rule, personal=True)  # whatever became of its column since
        lines.append(FieldChange(rule.label, *_sides(change, _text(rule, old.get(key)), _text(rule, new.get(key)))))
    return [line for line in lines if line.old or line.new]


def _was_sealed(change: Change, key: str) -> bool:
    return any(sealing.is_sealed(((side or {}).get("values") or {}).get(key)) for side in (change.before, change.after))


def _opened(side: Any) -> dict[str, Any]:
    return dict(sealing.open_all((side or {}).get("values") or {}))


def _text(rule: FieldRule, value: Any) -> str:
    return "" if value is None else personal.shown(rule, value, is_open=False)


def _sides(change: Change, old: str, new: str) -> tuple[str | None, str | None]:
    return (old if change.before is not None else None), (new if change.after is not None else None)


def superior_tables(changes: Sequence[Change]) -> Mapping[int, list[FieldChange]]:
    """What superior's tables are filled from: each column that changed, and how many lines were settled."""
    return {change.pk: _mapping(change) for change in changes}


def _mapping(change: Change) -> list[FieldChange]:
    old, new = (side or {} for side in (change.before, change.after))
    lines = []
    if old.get("name") != new.get("name"):
        lines.append(FieldChange(_("name"), *_sides(change, old.get("name") or "", new.get("name") or "")))
    before, after = old.get("columns") or {}, new.get("columns") or {}
    for key in sorted({*before, *after}, key=lambda key: [int(part) for part in key.split("-")]):
        if before.get(key) != after.get(key):
            column = _("column %(letters)s") % {"letters": column_letters(int(key.split("-")[1]))}
            sides = (sources.words_of(side.get(key) or "") for side in (before, after))
            lines.append(FieldChange(column, *_sides(change, *sides)))
    if (old.get("lines") or {}) != (new.get("lines") or {}):
        settled = (str(len(side.get("lines") or {})) for side in (old, new))
        lines.append(FieldChange(_("lines settled by hand"), *_sides(change, *settled)))
    return [line for line in lines if line.old or line.new]

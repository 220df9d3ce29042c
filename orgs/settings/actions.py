"""Setting options of an organisation, and taking back what was set."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from orgs import options
from orgs.actor import Actor
from orgs.county import option_values
from orgs.models import OptionValue, Organisation
from orgs.permissions import may_keep_options
from orgs.scope import require
from records.changes import Conflict, Writer, change_set
from records.models import ChangeSet


@transaction.atomic
def save(organisation: Organisation, values: Mapping[str, Any], seen: Mapping[str, Any], *, by: Actor) -> int:
    """Set options for the organisation and its subtree; how many changed. A value that holds anyway is not kept.

    ``seen`` are the values the person saw. Raises ``PermissionDenied``, or ``records.changes.Conflict`` when somebody
    else has set one of them meanwhile.
    """
    require(may_keep_options(by, organisation))
    inherited, before = option_values.above(organisation), option_values.of(organisation)
    changed = [key for key, value in values.items() if value != before[key]]
    if not changed:
        return 0
    own = {row.key: row for row in OptionValue.objects.select_for_update().filter(organisation=organisation)}
    with change_set("orgs.options", by=by) as changes:
        for key in changed:
            if key in seen and before[key] != seen[key]:
                raise Conflict(own.get(key) or OptionValue(organisation=organisation, key=key, value=before[key]))
            _set(changes, organisation, own.get(key), key, values[key], inherited[key])
        _follow(changes, organisation, changed, by)
    return len(changed)


@transaction.atomic
def reset(organisation: Organisation, key: str, *, by: Actor) -> bool:
    """Let hold what holds above; False when the organisation had set nothing. Raises ``PermissionDenied``."""
    require(may_keep_options(by, organisation))
    row = OptionValue.objects.select_for_update().filter(organisation=organisation, key=key).first()
    if row is None:
        return False
    with change_set("orgs.options_reset", by=by) as changes:
        changes.delete(row)
        _follow(changes, organisation, [key], by)
    return True


def _set(
    changes: Writer, organisation: Organisation, row: OptionValue | None, key: str, value: Any, inherited: Any
) -> None:
    if row is None:
        changes.create(OptionValue(organisation=organisation, key=key, value=options.kept(value)))
    elif value == inherited:
        changes.delete(row)
    else:
        changes.update(row, value=options.kept(value))


def when_undone(changes: Writer, record: ChangeSet, by: Actor) -> set[tuple[str, int]]:
    """After an undo of settings the apps write anew what follows from them."""
    rows = record.changes.filter(kind="orgs.optionvalue").order_by("id")
    known = dict(OptionValue.objects.filter(pk__in=rows.values("object_id")).values_list("pk", "key"))
    touched: dict[int, list[str]] = {}
    for pk, organisation, before, after in rows.values_list("object_id", "organisation_id", "before", "after"):
        key = known.get(pk) or {**(before or {}), **(after or {})}.get("key", "")
        touched.setdefault(organisation or 0, []).append(key)
    for organisation in Organisation.objects.filter(pk__in=touched):
        _follow(changes, organisation, touched[organisation.pk], by)
    return set()


def _follow(changes: Writer, organisation: Organisation, keys: list[str], by: Actor) -> None:
    """Let the apps write what follows, each once."""
    after = option_values.of(organisation)
    wanted = [option.on_change for option in options.declared() if option.key in keys and option.on_change]
    for on_change in dict.fromkeys(wanted):
        on_change(changes, organisation, after, by)

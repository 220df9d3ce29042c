"""The history of a row or an organisation in words: who, when, in which post, what from, what to."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from orgs import paths
from orgs.actor import Actor
from orgs.history import actions, change_scope, verbs
from orgs.scope import Verdict
from records.models import Change, ChangeSet
from sheets.values import shown

ORGANISATION = "orgs.organisation"
REGISTER_KINDS = (ORGANISATION, "orgs.organisationname")
ORGANISATION_KINDS = (
    *REGISTER_KINDS,
    "orgs.relation",
    "orgs.yearrating",
    "orgs.termofoffice",
    "orgs.responsibility",
)
ROWS_SHOWN = 8  # rows of one change set written out in a list of steps; the change set's own page shows more


@dataclass(frozen=True)
class FieldChange:
    """One field in words; ``old`` None for a creation, ``new`` None for a deletion."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class RowChange:
    """One row written: ``what`` the model in words, ``done`` added, changed or removed, ``place`` its organisation."""

    what: str
    done: str
    fields: list[FieldChange]
    place: str = ""


@dataclass(frozen=True)
class Step:
    """One change set as the history shows it."""

    record: ChangeSet
    at: datetime.datetime
    who: str
    label: str
    rows: list[RowChange] = field(default_factory=list)
    more: int = 0
    undone: bool = False
    verdict: Verdict | None = None
    opens: bool = False  # whether the person may see the change set's own page
    note: str = ""  # the reason given; empty where it may speak of rows kept from the person


def model_of(kind: str) -> type[models.Model] | None:
    """The model whose rows a person may see by scope, or None for any other name."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    return model if hasattr(model, "scope") else None


def changes_of(kind: str, key: int, actor: Actor) -> QuerySet[Change]:
    """The changes that tell the history of a row; an organisation's history includes what hangs on it.

    The caller has found the row itself through the scope.
    """
    changes = Change.objects.all()
    if kind != ORGANISATION:
        return changes.filter(kind=kind, object_id=key)
    own = actor.does_business and any(_within(root, key) for root in actor.own_roots)
    kinds = ORGANISATION_KINDS if own else REGISTER_KINDS
    return change_scope.reached(changes.filter(organisation_id=key, kind__in=kinds), kinds, actor)


def _within(root: str, key: int) -> bool:
    organisations = apps.get_model("orgs", "Organisation")._default_manager
    return organisations.filter(paths.within(root), pk=key).exists()


def sets_of(changes: QuerySet[Change]) -> QuerySet[ChangeSet]:
    """The change sets of these changes, newest first."""
    found = ChangeSet.objects.filter(pk__in=changes.values("change_set")).order_by("-id")
    return found.select_related("user", "organisation", "undone_by", "undo_of")


def steps_of(kind: str, key: int, actor: Actor, limit: int = 20) -> list[Step]:
    """The newest ``limit`` steps in the history of a row the actor was found to see."""
    changes = changes_of(kind, key, actor)
    return steps_in(sets_of(changes)[:limit], changes, actor)


def steps_in(sets: Iterable[ChangeSet], changes: QuerySet[Change], actor: Actor) -> list[Step]:
    """Change sets as steps, each with those of its rows that are among ``changes``."""
    sets = list(sets)
    by_set: dict[int, list[Change]] = defaultdict(list)
    for change in changes.filter(change_set__in=sets).order_by("id"):
        by_set[change.change_set_id].append(change)
    visible = [change for rows in by_set.values() for change in rows[:ROWS_SHOWN]]
    words = rows_in_words(visible, actor)
    opened = change_scope.opened(sets, actor)
    verdicts = actions.verdicts(actor, sets)
    veiled = change_scope.veiled(sets, actor)
    return [
        Step(
            record=record,
            at=record.at,
            who=who(record),
            label=verbs.label(record.verb),
            rows=[words[change.pk] for change in by_set[record.pk][:ROWS_SHOWN]],
            more=max(0, len(by_set[record.pk]) - ROWS_SHOWN),
            undone=hasattr(record, "undone_by"),
            verdict=verdicts[record.pk],
            opens=record.pk in opened,
            note="" if record.pk in veiled else record.note,
        )
        for record in sets
    ]


def who(record: ChangeSet) -> str:
    """The person and the post, or the system itself."""
    if record.user is None:
        return _("the system")
    return f"{record.user}（{record.post_name}）" if record.post_name else str(record.user)


WordMaker = Callable[[Sequence[Change]], Mapping[int, list[FieldChange]]]
_word_makers: dict[str, WordMaker] = {}


def tell(kind: str, maker: WordMaker) -> None:
    """Let an app say itself what changed in its rows of ``kind``: the fields in words by the change's key."""
    _word_makers[kind] = maker


def rows_in_words(changes: Sequence[Change], actor: Actor) -> dict[int, RowChange]:
    """Each change in words, by key; foreign keys are named with one query a model."""
    named = _names(changes, actor)
    words = {change.pk: _row_in_words(change, named) for change in changes}
    for kind, maker in _word_makers.items():
        if own := [change for change in changes if change.kind == kind]:
            words |= {key: replace(words[key], fields=fields) for key, fields in maker(own).items()}
    return words


Names = dict[tuple[type[models.Model], Any], str]


def _row_in_words(change: Change, named: Names) -> RowChange:
    model = _model(change.kind)
    done = _("added") if change.before is None else _("removed") if change.after is None else _("changed")
    if model is None:
        return RowChange(change.kind, done, [])
    place = (apps.get_model(ORGANISATION), change.organisation_id)
    before, after = change.before or {}, change.after or {}
    fields = []
    for column in _columns(model):
        if column.attname not in before and column.attname not in after:
            continue
        if column.name == "organisation" and not (before and after):
            continue  # said once, as the place
        old = _in_words(column, before.get(column.attname), named) if change.before is not None else None
        new = _in_words(column, after.get(column.attname), named) if change.after is not None else None
        if (change.before is not None and change.after is not None) or (old or new):
            fields.append(FieldChange(str(column.verbose_name), old, new))
    return RowChange(str(model._meta.verbose_name), done, fields, named.get(place, ""))


def _model(kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def _columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns a person knows of: not keys, versions and what is computed."""
    hidden: frozenset[str] = getattr(model, "history_hides", frozenset())
    return [
        column
        for column in model._meta.concrete_fields
        if column.editable and not column.primary_key and column.attname not in hidden
    ]


def _names(changes: Sequence[Change], actor: Actor) -> Names:
    """What the rows that foreign keys point at are called; those kept from the actor by an embargo have no name."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    organisations = apps.get_model(ORGANISATION)
    for change in changes:
        wanted[organisations] |= {change.organisation_id} - {None}
        model = _model(change.kind)
        for column in _columns(model) if model else []:
            if isinstance(column, models.ForeignKey):
                found = {(side or {}).get(column.attname) for side in (change.before, change.after)}
                wanted[column.related_model] |= found - {None}
    named: Names = {}
    for model, keys in wanted.items():
        rows: QuerySet[Any] = model._base_manager.filter(pk__in=keys)
        if (embargo := getattr(getattr(model, "scope", None), "embargo", None)) is not None:
            rows = rows.exclude(embargo(actor))
        named.update({(model, row.pk): str(row) for row in rows})
    return named


def _in_words(column: "models.Field[Any, Any]", value: Any, named: Names) -> str:
    """A stored value as a person reads it; empty is the empty string."""
    if value is None or value == "":
        return ""
    if (words := getattr(column.model, "history_words", {}).get(column.name)) is not None:
        return str(words(value))  # what the model keeps as data, told by the model itself
    if isinstance(column, models.ForeignKey):
        return named.get((column.related_model, value), _("(no longer there)"))
    if column.choices:
        choices = dict(column.flatchoices)
        return str(choices.get(value, value))
    return _plain_in_words(column, value)


def _plain_in_words(column: "models.Field[Any, Any]", value: Any) -> str:
    readers: list[tuple[type[models.Field[Any, Any]], Callable[[Any], str]]] = [
        (models.BooleanField, lambda stored: _("yes") if stored else _("no")),
        (models.DateTimeField, lambda stored: date_format(localtime(column.to_python(stored)), "Y-m-d H:i")),
        (models.DateField, str),
        (models.DecimalField, lambda stored: shown(Decimal(stored))),
        (models.JSONField, _json_in_words),
    ]
    for kind, read in readers:
        if isinstance(column, kind):
            return read(value)
    return str(value)


def _json_in_words(stored: Any) -> str:
    if isinstance(stored, bool):
        return _("yes") if stored else _("no")
    return "、".join(map(str, stored)) if isinstance(stored, list) else str(stored)


def visible_changes(record: ChangeSet, actor: Actor) -> QuerySet[Change]:
    """Those changes of a change set whose rows the actor may see, in the own part of the tree or written there."""
    return change_scope.visible(record.changes.all(), actor)


def step_of(record: ChangeSet, actor: Actor) -> Step:
    """A change set's own page as a step: its words, without rows."""
    veiled = change_scope.veiled([record], actor)
    return Step(record, record.at, who(record), verbs.label(record.verb), note="" if veiled else record.note)


def with_undo(text: str, record: ChangeSet) -> SafeString:
    """A sentence on what was done, and the door beside it that takes it back."""
    door = reverse("change_undo", args=[record.pk])
    return format_html('{} <a class="alert-link ms-2" href="{}">{}</a>', text, door, _("Undo…"))

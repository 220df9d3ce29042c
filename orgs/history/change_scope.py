"""Which changes of the history a person may read: those of rows the person may see, and of no others.

A row that stands is asked of its model's scope; what the own organisation wrote it may read whatever the tree says, but
for an embargo. A row that is gone is judged by what the history keeps of it: the
organisation it belonged to and, where the model has an embargo, its stored picture. What cannot be judged is hidden.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from orgs import paths
from orgs.actor import Actor
from orgs.scope import Scope
from records.models import Change, ChangeSet

ACCOUNT_KINDS = ("orgs.user", "orgs.activationcode")  # administrators' business
NONE = Q(pk__in=[])


def visible(changes: QuerySet[Change], actor: Actor) -> QuerySet[Change]:
    """Those of the changes whose rows the actor may see; one query more finds the models they are of."""
    if not actor.does_business:
        return changes.none()
    kinds = set(changes.order_by().values_list("kind", flat=True).distinct()) - set(ACCOUNT_KINDS)
    return reached(changes.filter(_near(actor)), sorted(kinds), actor)


def reached(changes: QuerySet[Change], kinds: Iterable[str], actor: Actor) -> QuerySet[Change]:
    """Those of the changes, all of these kinds, whose rows the actor may see wherever they are in the tree."""
    found = NONE
    for kind in kinds:
        found |= Q(kind=kind) & _of_model(kind, actor)
    return changes.filter(found)


def counts(sets: Iterable[ChangeSet], actor: Actor) -> dict[int, int]:
    """How many changes of each change set the actor may see; a change set with none is left out."""
    rows = visible(Change.objects.filter(change_set__in=list(sets)), actor).order_by()
    return dict(rows.values("change_set_id").annotate(count=Count("id")).values_list("change_set_id", "count"))


def opened(sets: Iterable[ChangeSet], actor: Actor) -> set[int]:
    """The change sets of which the actor may see anything."""
    rows = visible(Change.objects.filter(change_set__in=list(sets)), actor).order_by()
    return set(rows.values_list("change_set_id", flat=True).distinct())


def veiled(sets: Iterable[ChangeSet], actor: Actor) -> set[int]:
    """The change sets that also wrote rows kept from the actor by an embargo: what their reason says is kept too."""
    under = [model._meta.label_lower for model in apps.get_models() if _scope_of(model) and _scope_of(model).embargo]  # type: ignore[union-attr]
    changes = Change.objects.filter(change_set__in=list(sets), kind__in=under)
    if not changes.exists():
        return set()
    hidden = changes.exclude(pk__in=visible(changes, actor).order_by().values("pk"))
    return set(hidden.order_by().values_list("change_set_id", flat=True).distinct())


def _near(actor: Actor) -> Q:
    """Rows in the own part of the tree, and what the own organisation wrote."""
    near = paths.within(actor.organisation.path, "change_set__organisation")
    for root in actor.own_roots:
        near |= paths.within(root, "organisation")
    return near


def _of_model(kind: str, actor: Actor) -> Q:
    """The changes of a model's rows that the actor may see, as a condition on changes of that kind."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return NONE
    standing, not_kept = _rows(model, actor, "condition"), _rows(model, actor, "not_kept_from")
    if standing is None or not_kept is None:
        return NONE
    gone = ~Exists(model._base_manager.filter(pk=OuterRef("object_id")))
    own = Q(change_set__organisation=actor.organisation_id) & Q(object_id__in=not_kept.order_by().values("pk"))
    return Q(object_id__in=standing.order_by().values("pk")) | own | (Q(gone) & _gone(kind, model, actor))


def _scope_of(model: type[models.Model]) -> Scope | None:
    """The model's own scope, or that of the model its rows are only ever reached through (``seen_with``)."""
    scope: Scope | None = getattr(model, "scope", None)
    if scope is None and (above := _reached_through(model)) is not None:
        return _scope_of(above)
    return scope


def _reached_through(model: type[models.Model]) -> type[models.Model] | None:
    name: str | None = getattr(model, "seen_with", None)
    return model._meta.get_field(name).related_model if name else None


def _rows(model: type[models.Model], actor: Actor, question: str) -> QuerySet[models.Model] | None:
    """The rows of a model that the scope's ``question`` lets the actor see; None for a model without a scope."""
    scope: Scope | None = getattr(model, "scope", None)
    if scope is not None:
        return model._base_manager.filter(getattr(scope, question)(actor))
    above = _reached_through(model)
    if above is None or (rows := _rows(above, actor, question)) is None:
        return None
    return model._base_manager.filter(**{f"{model.seen_with}__in": rows})  # type: ignore[attr-defined]  # asked above


def _gone(kind: str, model: type[models.Model], actor: Actor) -> Q:
    """Which changes of rows that are gone the actor may read. Their organisation was asked already."""
    scope = _scope_of(model)
    if scope is None or (scope.gone is None and scope.embargo is not None):
        return NONE
    if scope.gone is None:
        return Q()
    whole = Q(before__isnull=True) & scope.gone(actor, "after") | Q(after__isnull=True) & scope.gone(actor, "before")
    return Q(Exists(Change.objects.filter(whole, kind=kind, object_id=OuterRef("object_id"))))

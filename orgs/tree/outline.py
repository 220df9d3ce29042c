"""The tree of organisations a page at a time: never more than a hundred children of one parent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.models.organisation import OrganisationQuerySet

CHILDREN = 100


@dataclass
class Node:
    """An organisation in the tree; ``below`` is None while its children are not shown."""

    organisation: Organisation
    children: int
    below: "Level | None" = None


@dataclass
class Level:
    """One page of the children of a parent; ``after`` is where the next page starts, None at the end."""

    parent: Organisation | None
    nodes: list[Node] = field(default_factory=list)
    total: int = 0
    after: int | None = None


def roots(actor: Actor) -> list[Any]:
    """Where the actor's tree starts: the own organisation, and what second relations add, with ``children_open``."""
    top: list[str] = []
    for path in sorted(set(actor.roots)):
        if not top or not path.startswith(top[-1]):
            top.append(path)
    return list(_counted(Organisation.objects.visible_to(actor).filter(path__in=top), actor).order_by("path"))


def level(actor: Actor, parent: Organisation, start: int = 0) -> Level:
    """The children of an organisation from the ``start``-th, with how many each has itself."""
    rows = _rows(actor).filter(parent=parent)
    total = rows.count()
    start = start if 0 <= start < total else 0
    page: QuerySet[Any] = _counted(rows, actor).in_order()[start : start + CHILDREN]
    nodes = [Node(row, row.children_open) for row in page]
    after = start + CHILDREN if start + CHILDREN < total else None
    return Level(parent, nodes, total, after)


def tree(actor: Actor, opened: Organisation | None) -> Level:
    """The whole tree as first shown: the roots with their children, and the way down to the opened organisation."""
    tops = roots(actor)
    start = Level(None, [Node(top, top.children_open) for top in tops], len(tops))
    for node in start.nodes:
        way = _way_down(node.organisation, opened)
        if len(start.nodes) == 1 or way:
            node.below = level(actor, node.organisation)
            _open(actor, node.below, way[1:])
    return start


def _open(actor: Actor, shown: Level, way: Sequence[Organisation]) -> None:
    """Open the organisations of the way one below the other, also those beyond the first hundred."""
    for step in way:
        node = next((n for n in shown.nodes if n.organisation.pk == step.pk), None)
        if node is None:
            found: Any = _counted(_rows(actor).filter(pk=step.pk), actor).first()
            if found is None:
                return
            node = Node(found, found.children_open)
            shown.nodes.append(node)
        node.below = level(actor, step)
        shown = node.below


def _way_down(top: Organisation, opened: Organisation | None) -> list[Organisation]:
    """The chain from ``top`` to the opened organisation, both included; empty when it lies elsewhere."""
    if opened is None or not top.contains(opened):
        return []
    chain = Organisation.objects.filter(path__in=paths.above(opened.path), depth__gte=top.depth).order_by("depth")
    return list(chain)


def _rows(actor: Actor) -> OrganisationQuerySet:
    return Organisation.objects.visible_to(actor).open_on(actor.on)


def _counted(rows: OrganisationQuerySet, actor: Actor) -> OrganisationQuerySet:
    """Each with ``children_open``, the number of its children that are open."""
    is_open = Q(children__closed_on__isnull=True) | Q(children__closed_on__gt=actor.on)
    not_yet = Q(children__opened_on__gt=actor.on)
    return rows.annotate(children_open=Count("children", filter=is_open & ~not_yet))

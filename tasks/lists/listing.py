"""The list behind every figure: what its query string means, in which order it stands, and what each row says."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OrderBy, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dates.periods import Period
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import requested, search
from tasks.board import figures
from tasks.board.figures import Selection
from tasks.facts import progress
from tasks.lights import sql
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.status import Light, Status

ALWAYS = Period("", datetime.date(2000, 1, 1), datetime.date(2999, 12, 31))
KEYS = ("programme", "theme", "township", "task", "organisation")
SORTS: Mapping[str, tuple[str, ...]] = {
    "light": ("pressing", "due_on"),
    "task": ("task__title", "task_id"),
    "organisation": ("organisation__path",),
    "due": ("due_on",),
    "percent": ("percent",),
    "status": ("status",),
}
COLUMNS: list[tuple[str, str | Promise]] = [
    ("light", _("light")),
    ("task", _("task")),
    ("organisation", _("organisation")),
    ("due", _("due date")),
    ("percent", _("percent")),
    ("status", _("status")),
]
DEFAULT_SORT = "light"


@dataclass(frozen=True)
class Wanted:
    """A filter as the query string gives it; what makes no sense finds nothing, so that no figure is overstated."""

    period: Period
    keys: Mapping[str, int]
    figure: str = "all"
    status: str = ""
    light: str = ""
    q: str = ""
    stage: str = ""
    sort: str = DEFAULT_SORT
    nonsense: bool = False


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read a query string."""
    keys = {name: requested.key(query[name]) for name in KEYS if query.get(name)}
    figure, status, light = query.get("figure") or "all", query.get("status", ""), query.get("light", "")
    period = period_of(query.get("period", ""), ALWAYS)
    sense = (
        None not in keys.values()
        and figure in figures.FIGURES
        and status in {"", *Status.values}
        and light in {"", *Light.values}
        and period is not None
    )
    sort = query.get("sort", "")
    return Wanted(
        period or ALWAYS,
        {name: key for name, key in keys.items() if key} if sense else {},
        figure if sense else "all",
        status if sense else "",
        light if sense else "",
        query.get("q", "").strip()[:100],
        query.get("stage", "").strip()[:60],
        sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
        nonsense=not sense,
    )


def period_of(key: str, default: Period) -> Period | None:
    """The period a key names, the default for an empty key, None for a key that names none."""
    return requested.period(key) if key else default


def rows(actor: Actor, asked: Wanted) -> AssignmentQuerySet:
    """The assignments the filter means, in its order, with ``light`` on each; nothing outside the actor's scope."""
    withdrawn = asked.status == Status.WITHDRAWN or asked.light == Light.NONE
    chosen = Selection(actor, asked.period, asked.keys.get("programme"), asked.keys.get("theme"), withdrawn)
    found = figures.rows_of(chosen, asked.figure)
    if asked.nonsense:
        return found.none()
    for name in ("task", "organisation"):
        if name in asked.keys:
            found = found.filter(**{name: asked.keys[name]})
    if township := asked.keys.get("township"):
        found = found.filter(Q(organisation__township=township) | Q(organisation=township))
    if asked.status:
        found = found.filter(status=asked.status)
    if asked.light:
        found = found.filter(sql.shows(asked.light, actor.on))
    if asked.stage:
        found = found.filter(progress.not_done(asked.stage))
    if asked.q:
        named = Organisation.objects.visible_to(actor).filter(search.matching(asked.q))
        titled = Q(pk__in=[]) if "task" in asked.keys else Q(task__title__contains=asked.q)
        found = found.filter(titled | Q(organisation__in=named.values("pk")))
    found = found.annotate(light=sql.light_on(actor.on), pressing=sql.pressing_on(actor.on))
    found = found.select_related("task__theme", "organisation__township")
    return found.order_by(*_order(asked.sort))


def _order(sort: str) -> list[OrderBy]:
    """The columns to sort by; blanks last whichever way, so that both databases agree, and the key at the end."""
    down = sort.startswith("-")
    names = [*SORTS[sort.removeprefix("-")], "pk"]
    return [F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in names]


def headings(sort: str) -> list[dict[str, Any]]:
    """The columns with the sort their link asks for next."""
    return [
        {
            "label": label,
            "sort": f"-{name}" if sort == name else name,
            "numeric": name == "percent",
            "state": {name: "ascending", f"-{name}": "descending"}.get(sort, ""),
        }
        for name, label in COLUMNS
    ]

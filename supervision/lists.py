"""The three lists of an organisation and a year (问题清单、任务清单、责任清单), on screen and as three sheets."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.pages import requested
from orgs.scope import ScopedQuerySet
from sheets import writing
from supervision.actions.listing import is_done
from supervision.models import Problem, Remedy

_NUMBER, _OF, _WHOSE = gettext_lazy("No."), gettext_lazy("problem no."), gettext_lazy("organisation")
PROBLEMS: list[str | Promise] = [
    *(_NUMBER, _WHOSE, gettext_lazy("problem"), gettext_lazy("of the five basics"), gettext_lazy("found by whom")),
    *(gettext_lazy("found on"), gettext_lazy("solved on"), gettext_lazy("how it was solved")),
]
TASKS: list[str | Promise] = [
    *(_NUMBER, _OF, _WHOSE, gettext_lazy("task"), gettext_lazy("measure"), gettext_lazy("due date")),
    *(gettext_lazy("state"), gettext_lazy("result")),
]
DUTIES: list[str | Promise] = [
    *(_NUMBER, _OF, _WHOSE, gettext_lazy("task"), gettext_lazy("unit responsible")),
    *(gettext_lazy("person responsible"), gettext_lazy("due date")),
]


@dataclass(frozen=True)
class Asked:
    """What the lists are narrowed to."""

    year: int
    township: int | None = None
    organisation: int | None = None
    state: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], actor: Actor) -> "Asked":
        """Read a query string; what makes no sense narrows nothing."""
        state = query.get("state", "")
        return cls(
            requested.year(query.get("year"), actor.on.year),
            requested.key(query.get("township")),
            requested.key(query.get("organisation")),
            state if state in {"open", "solved"} else "",
        )


def problems(actor: Actor, asked: Asked) -> ScopedQuerySet[Problem]:
    """The problems of the lists, with what is done about them."""
    remedies = Prefetch("remedies", Remedy.objects.select_related("assignment__task"))
    rows = Problem.objects.visible_to(actor).filter(year=asked.year).select_related("organisation__township")
    if asked.township:
        rows = rows.filter(Q(organisation__township=asked.township) | Q(organisation=asked.township))
    if asked.organisation:
        rows = rows.filter(organisation=asked.organisation)
    if asked.state:
        rows = rows.filter(solved_on__isnull=asked.state == "open")
    return rows.prefetch_related(remedies).order_by("organisation__path", "pk")


def workbook(actor: Actor, asked: Asked) -> bytes:
    """The three tables, one a sheet."""
    rows = list(problems(actor, asked))
    words = {"organisation": actor.organisation, "year": asked.year, "day": actor.on}
    note = [_("%(organisation)s, %(year)s, as of %(day)s") % words]
    done = _remedies(rows)
    return writing.workbook(
        [
            _page(_("Problem list"), PROBLEMS, [[_problem_line(row)] for row in rows], note),
            _page(_("Task list"), TASKS, [[[at], _task_line(row, remedy)] for at, row, remedy in done], note),
            _page(
                _("Responsibility list"), DUTIES, [[[at], _duty_line(row, remedy)] for at, row, remedy in done], note
            ),
        ]
    )


def _page(name: str, headings: list[str | Promise], rows: list[list[list[Any]]], note: list[str]) -> writing.Page:
    """One table, its rows numbered."""
    numbered = [[number, *(cell for part in parts for cell in part)] for number, parts in enumerate(rows, 1)]
    return writing.Page(name, [str(heading) for heading in headings], numbered, note)


def _problem_line(row: Problem) -> list[Any]:
    whose = [str(row.organisation), row.text, row.get_basic_display(), row.get_origin_display()]
    return [*whose, row.found_on, row.solved_on, row.solution]


def _remedies(rows: list[Problem]) -> list[tuple[int, Problem, Remedy]]:
    return [(number, row, remedy) for number, row in enumerate(rows, 1) for remedy in row.remedies.all()]


def _task_line(row: Problem, remedy: Remedy) -> list[Any]:
    state = _("done") if is_done(remedy) else _("not done")
    return [str(row.organisation), remedy.title, remedy.measure, due_on(remedy), state, remedy.result]


def _duty_line(row: Problem, remedy: Remedy) -> list[Any]:
    return [str(row.organisation), remedy.title, remedy.unit, remedy.person, due_on(remedy)]


def due_on(remedy: Remedy) -> datetime.date:
    """The date of a task of the list: its assignment's when it has one."""
    return remedy.assignment.due_on if remedy.assignment else remedy.due_on

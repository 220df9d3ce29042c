"""What a reorganisation means for supervision: open orders, matters and problems go where the organisation goes."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.reorganise.cases import Reorganisation, Verb
from records.changes import Writer
from supervision.models import Blocker, Problem, SupervisionOrder
from supervision.rules import BlockerState, OrderState


def _open_rows(case: Reorganisation) -> list[tuple[list[models.Model], str]]:
    """The rows of the sources that are not finished, with the column that names the organisation."""
    orders = SupervisionOrder.objects.filter(organisation__in=case.sources).exclude(state=OrderState.CLOSED)
    raised = Blocker.objects.filter(organisation__in=case.sources).exclude(state=BlockerState.SOLVED)
    held = Blocker.objects.filter(holder__in=case.sources).exclude(state=BlockerState.SOLVED)
    problems = Problem.objects.filter(organisation__in=case.sources, solved_on__isnull=True)
    return [
        (list(orders), "organisation"),
        (list(raised), "organisation"),
        (list(held), "holder"),
        (list(problems), "organisation"),
    ]


def preview(case: Reorganisation) -> list[str]:
    """How many open matters move, or stay with a closed organisation."""
    if not case.closes:
        return []
    count = sum(len(rows) for rows, _column in _open_rows(case))
    if not count:
        return []
    if case.verb == Verb.MERGE and case.target is not None:
        line = ngettext(
            "%(count)s open order, matter or problem moves to %(target)s.",
            "%(count)s open orders, matters and problems move to %(target)s.",
            count,
        )
        return [line % {"count": count, "target": case.target.name}]
    return [_("Open supervision orders, matters or problems stay with it: %(count)s.") % {"count": count}]


def apply(case: Reorganisation, changes: Writer) -> None:
    """Move them to the target of a merger."""
    if case.verb != Verb.MERGE or case.target is None:
        return
    for rows, column in _open_rows(case):
        for row in rows:
            setattr(row, column, case.target)
        changes.update_all(rows, [column])

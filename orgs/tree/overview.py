"""What the pages of organisations show beside their rows: counts, ratings, and everything on one organisation."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _

from orgs import duties, paths, permissions, rules
from orgs.actor import Actor
from orgs.history import reading as history_reading
from orgs.models import Organisation, Relation, Responsibility, TermOfOffice, YearRating
from orgs.pages.paging import page_of
from orgs.rules import Duty, Kind
from orgs.tree import panels

DUTIES, STEPS = 20, 10
RESPONSIBLE = (Duty.FIRST, Duty.DIRECT, Duty.CONCRETE)


def counts(actor: Actor) -> dict[str, Any]:
    """The open organisations the actor may see, in all and by kind."""
    rows = Organisation.objects.visible_to(actor).open_on(actor.on)
    found = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    kinds = [(value, label, found[value]) for value, label in Kind.choices if value in found]
    return {"total": sum(found.values()), "kinds": kinds}


def add_ratings(rows: Iterable[Organisation], year: int) -> None:
    """Give each organisation ``rating``, its class and stars of the year or None, with one query."""
    rows = list(rows)
    found = {rating.organisation_id: rating for rating in YearRating.objects.filter(organisation__in=rows, year=year)}
    for row in rows:
        row.rating = found.get(row.pk)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Group:
    """Duties that fall together: ``light`` colours the heading."""

    title: str
    light: str
    duties: list[duties.Duty]


def of(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Everything the organisation's page shows to the actor."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    owed = page_of(
        request, duties.open_for(Organisation.objects.filter(pk=organisation.pk), actor), size=DUTIES, name="owes"
    )
    changes = history_reading.changes_of(history_reading.ORGANISATION, organisation.pk, actor)
    sets = page_of(request, history_reading.sets_of(changes), size=STEPS, name="steps")
    in_force = Responsibility.objects.visible_to(actor).in_force_on(actor.on).filter(organisation=organisation)
    people = list(in_force.listed())
    ratings = list(organisation.ratings.order_by("-year")[:6])
    return {
        "organisation": organisation,
        "chain": _chain(organisation, actor),
        "names": organisation.names.order_by("until", "id"),
        "responsible": [(duty.label, [row for row in people if row.duty == duty]) for duty in RESPONSIBLE],
        "looked_after": [row for row in people if row.duty not in RESPONSIBLE],
        "relations": _relations(organisation, actor),
        "ratings": ratings,
        "rating": next((row for row in ratings if row.year == actor.on.year), None),
        "rated_kind": organisation.is_rated,
        "term": _term(organisation, actor.on),
        "kinds": _kinds_below(organisation, actor),
        "panels": panels.of(organisation, actor),
        "owed": owed,
        "groups": _grouped(list(owed), actor.on),
        "sets": sets,
        "steps": history_reading.steps_in(sets, changes, actor),
        "may_edit": permissions.may_edit_organisation(actor, organisation),
        "may_answer": permissions.may_edit_responsibility(actor, organisation),
    }


def _chain(organisation: Organisation, actor: Actor) -> list[tuple[Organisation, bool]]:
    """The organisations above, top first, each with whether the actor may open its page."""
    above = Organisation.objects.filter(path__in=paths.above(organisation.path)[:-1]).order_by("depth")
    return [(row, any(row.path.startswith(root) for root in actor.roots)) for row in above]


def _relations(organisation: Organisation, actor: Actor) -> list[Relation]:
    """The second relations in force, from both sides."""
    rows = Relation.objects.visible_to(actor).select_related("organisation", "member")
    both = rows.filter(organisation=organisation) | rows.filter(member=organisation)
    return list(both.order_by("until", "-since"))


def _term(organisation: Organisation, on: datetime.date) -> tuple[TermOfOffice, rules.TermState] | None:
    """The latest term of office and where it stands."""
    term = organisation.terms.order_by("-started_on").first()
    return (term, rules.term_state(term.ends_on, on)) if term else None


def _kinds_below(organisation: Organisation, actor: Actor) -> list[tuple[str, str, int]]:
    """How many open organisations of each kind stand below."""
    rows = Organisation.objects.visible_to(actor).within(organisation).open_on(actor.on).exclude(pk=organisation.pk)
    found = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return [(value, str(label), found[value]) for value, label in Kind.choices if value in found]


def _grouped(owed: list[duties.Duty], on: datetime.date) -> list[Group]:
    """Duties by when they fall due."""
    week = on + datetime.timedelta(days=7)
    groups = [
        Group(_("Overdue"), "late", [duty for duty in owed if duty.due_on < on]),
        Group(_("Within 7 days"), "soon", [duty for duty in owed if on <= duty.due_on <= week]),
        Group(_("Later"), "fine", [duty for duty in owed if duty.due_on > week]),
    ]
    return [group for group in groups if group.duties]

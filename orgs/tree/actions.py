"""Verbs on an organisation: edit, rate, name, terms of office, second relations."""

import datetime
from typing import Any

from django.db import transaction

from naming import pinyin
from orgs.actor import Actor
from orgs.models import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.permissions import may_edit_organisation, may_edit_responsibility
from orgs.scope import require
from records.changes import change_set

EDITABLE = ("short_name", "party_form", "opened_on", "node_type", "urban_rural_class")


@transaction.atomic
def edit(organisation: Organisation, *, by: Actor, expected: int | None = None, **values: Any) -> Organisation:
    """Change particulars in ``EDITABLE``. Raises ``PermissionDenied`` or ``records.changes.Conflict``."""
    require(may_edit_organisation(by, organisation))
    with change_set("orgs.edit", by=by) as changes:
        return changes.update(organisation, expected=expected, **{n: v for n, v in values.items() if n in EDITABLE})


@transaction.atomic
def rate(
    organisation: Organisation,
    *,
    by: Actor,
    year: int,
    village_class: str,
    stars: int | None,
    expected: int | None = None,
) -> YearRating:
    """Set class and stars of one year. Raises ``PermissionDenied`` or ``records.changes.Conflict``."""
    require(may_edit_organisation(by, organisation))
    with change_set("orgs.rate", by=by) as changes:
        row = organisation.ratings.filter(year=year).first()
        if row is not None:
            return changes.update(row, expected=expected, village_class=village_class, stars=stars)
        row = YearRating(organisation=organisation, year=year, village_class=village_class, stars=stars)
        return changes.create(row)


@transaction.atomic
def add_name(organisation: Organisation, *, by: Actor, name: str, until: datetime.date | None) -> OrganisationName:
    """Let the organisation be found by another name. Raises ``PermissionDenied``."""
    require(may_edit_organisation(by, organisation))
    with change_set("orgs.add_name", by=by) as changes:
        row = OrganisationName(organisation=organisation, name=name, initials=pinyin.initials(name), until=until)
        return changes.create(row)


@transaction.atomic
def remove_name(row: OrganisationName, *, by: Actor) -> None:
    """Take another name away. Raises ``PermissionDenied``."""
    require(may_edit_organisation(by, row.organisation))
    with change_set("orgs.remove_name", by=by) as changes:
        changes.delete(row)


@transaction.atomic
def add_term(
    organisation: Organisation, *, by: Actor, started_on: datetime.date, ends_on: datetime.date
) -> TermOfOffice:
    """Enter a term of office. Raises ``PermissionDenied``."""
    require(may_edit_responsibility(by, organisation))
    with change_set("orgs.add_term", by=by) as changes:
        return changes.create(TermOfOffice(organisation=organisation, started_on=started_on, ends_on=ends_on))


@transaction.atomic
def relate(
    organisation: Organisation,
    *,
    by: Actor,
    member: Organisation,
    kind: str,
    since: datetime.date,
    until: datetime.date | None,
) -> Relation:
    """Let a branch look after another organisation too, which shows it that organisation's rows.

    Raises ``PermissionDenied``.
    """
    require(may_edit_organisation(by, organisation))
    require(may_edit_organisation(by, member))
    with change_set("orgs.relate", by=by) as changes:
        return changes.create(Relation(organisation=organisation, member=member, kind=kind, since=since, until=until))


@transaction.atomic
def end_relation(relation: Relation, *, by: Actor, until: datetime.date, expected: int | None = None) -> Relation:
    """End a second relation. Raises ``PermissionDenied`` or ``records.changes.Conflict``."""
    require(may_edit_organisation(by, relation.organisation))
    with change_set("orgs.end_relation", by=by) as changes:
        return changes.update(relation, expected=expected, until=until)

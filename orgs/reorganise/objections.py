"""What stands against a reorganisation, as reasons a person understands."""

from collections.abc import Callable, Iterator, Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.reorganise.cases import Reorganisation, Verb, may_become_one
from orgs.rules import Kind, PartyForm, form_fits, kind_fits


def refusals(case: Reorganisation, by: Actor) -> list[str]:
    """Why it cannot be done; empty when it can."""
    return [*_common_refusals(case, by), *_REFUSALS[case.verb](case)]


def _common_refusals(case: Reorganisation, by: Actor) -> Iterator[str]:
    if case.day > by.on:
        yield _("The day lies ahead. Reorganise on the day itself or afterwards.")
    for row in case.sources:
        if row.closed_on is not None:
            yield _("%(name)s is closed since %(day)s.") % {"name": row.name, "day": row.closed_on}
        elif row.opened_on and row.opened_on > case.day:
            yield _("%(name)s was opened later, on %(day)s.") % {"name": row.name, "day": row.opened_on}
        if case.verb != Verb.RENAME and row.contains(by.organisation):
            yield _("%(name)s is your post's own organisation or stands above it.") % {"name": row.name}
    target = case.target
    if target is not None and target.pk and target.closed_on is not None:
        yield _("%(name)s is closed since %(day)s.") % {"name": target.name, "day": target.closed_on}
    if case.makes_new and target is not None:
        if not target.code or not target.name:
            yield _("The new organisation needs a code and a name.")
        elif Organisation.objects.filter(code=target.code).exists():
            yield _("The code %(code)s is taken. Choose another.") % {"code": target.code}


def _merge_refusals(case: Reorganisation) -> Iterator[str]:
    target = case.target
    if target is None:
        yield _("Choose what it is merged into, or give code and name of a new organisation.")
        return
    if target.pk in {row.pk for row in case.sources}:
        yield _("%(name)s cannot be merged into itself.") % {"name": target.name}
        return
    for row in case.sources:
        words = {"name": row.name, "target": target.name}
        if not may_become_one(row.kind, target.kind):
            yield _("%(name)s and %(target)s are of different kinds and cannot become one.") % words
        if target.path and target.path.startswith(row.path):
            yield _("%(target)s stands below %(name)s.") % words
        for child in open_children(row):
            yield from _misfits(child, target)


def _split_refusals(case: Reorganisation) -> Iterator[str]:
    for child in case.children:
        if child.parent_id != case.source.pk:
            yield _("%(child)s does not stand directly below %(name)s.") % {
                "child": child.name,
                "name": case.source.name,
            }
    if case.source.parent_id is None:
        yield _("%(name)s stands at the top and cannot be split.") % {"name": case.source.name}


def _move_refusals(case: Reorganisation) -> Iterator[str]:
    target, source = case.target, case.source
    if target is None:
        yield _("Choose the organisation it is to stand below.")
        return
    words = {"name": source.name, "target": target.name}
    if target.path.startswith(source.path):
        yield _("%(name)s cannot stand below itself: %(target)s is part of it.") % words
    elif target.pk == source.parent_id:
        yield _("%(name)s stands below %(target)s already.") % words
    else:
        yield from _misfits(source, target)


def _rename_refusals(case: Reorganisation) -> Iterator[str]:
    if not case.name:
        yield _("Give the new name.")
    elif (case.name, case.short_name) == (case.source.name, case.source.short_name):
        yield _("That is its name already.")


def _close_refusals(case: Reorganisation) -> Iterator[str]:
    for row in case.sources:
        below = [child.name for child in open_children(row)]
        if below:
            words = {"name": row.name, "count": len(below), "below": _(", ").join(below[:5])}
            yield (
                ngettext(
                    "%(count)s open organisation stands below %(name)s (%(below)s). Move, merge or close it first.",
                    "%(count)s open organisations stand below %(name)s (%(below)s). Move, merge or close them first.",
                    len(below),
                )
                % words
            )


def _misfits(row: Organisation, target: Organisation) -> Iterator[str]:
    """Why ``row`` may not stand below ``target``, if so."""
    words = {"name": row.name, "target": target.name}
    if not kind_fits(row.kind, target.kind):
        words |= {"kind": str(Kind(row.kind).label), "above": str(Kind(target.kind).label)}
        yield _("%(name)s (%(kind)s) cannot stand below %(target)s (%(above)s).") % words
    elif not form_fits(row.party_form, target.party_form):
        words |= {"kind": str(PartyForm(row.party_form).label), "above": str(PartyForm(target.party_form).label)}
        yield _("%(name)s (%(kind)s) cannot stand below %(target)s (%(above)s).") % words


_REFUSALS: Mapping[Verb, Callable[[Reorganisation], Iterator[str]]] = {
    Verb.MERGE: _merge_refusals,
    Verb.SPLIT: _split_refusals,
    Verb.MOVE: _move_refusals,
    Verb.RENAME: _rename_refusals,
    Verb.CLOSE: _close_refusals,
}


def open_children(row: Organisation) -> QuerySet[Organisation]:
    """The open organisations directly below."""
    return Organisation.objects.filter(parent=row, closed_on__isnull=True).order_by("code")

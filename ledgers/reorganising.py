"""What a reorganisation means for ledgers: rows go where the organisation goes, and none is lost or counted twice.

When organisations are merged, a row moves to the target unless the target, or another of the sources, has a row for the
same place: such figures cannot be added up by a machine, so all of these stay with their closed organisations, to be
looked up while the target's new row is written. Moved, renamed and split organisations keep their rows; the rows of a
two-new unit that moves to another township follow it.
"""

from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledgers import kinds, sealing
from ledgers.models import Entry, Source
from orgs.models import Organisation
from orgs.reorganise.cases import Reorganisation, Verb
from orgs.rules import OPERATING
from records.changes import Writer

SHOWN = 8  # ledgers named in a preview


def sort_out(case: Reorganisation) -> tuple[list[Entry], list[Entry]]:
    """The rows of merged organisations: those that go to the target, and those that stay where they are."""
    target = case.target
    if case.verb != Verb.MERGE or target is None:
        return [], []
    rows = list(Entry.objects.filter(organisation__in=case.sources).order_by("pk"))
    places = Counter(_place(row) for row in rows)
    if target.pk:
        places.update(_place(row) for row in Entry.objects.filter(organisation=target).only("ledger", "period", "key"))
    moving = [row for row in rows if places[_place(row)] == 1]
    return moving, [row for row in rows if places[_place(row)] > 1]


def _place(row: Entry) -> tuple[str, str, str]:
    return row.ledger, row.period, _key(row)


def _key(row: Entry) -> str:
    """The row's key; while keys are being changed, as the newest one makes it, whatever that costs."""
    if not settings.SECRET_KEY_FALLBACKS or not sealing.is_sealed(row.key):
        return row.key
    kind = kinds.Ledgers().get(row.organisation.path, row.ledger)
    return sealing.newest_key(kind, row.key, row.values) if kind else row.key


def following(case: Reorganisation) -> list[Entry]:
    """Rows kept by a township that speak of a unit which moves to another one."""
    if case.verb != Verb.MOVE or case.target is None:
        return []
    new = case.target if case.target.kind in OPERATING else case.target.township
    if new is None:
        return []
    rows = Entry.objects.filter(linked__in=case.sources).exclude(organisation=new).select_related("organisation")
    taken = {_place(row) for row in Entry.objects.filter(organisation=new).only("ledger", "period", "key")}
    return [row for row in rows if row.organisation.kind in OPERATING and _place(row) not in taken]


def preview(case: Reorganisation) -> list[str]:
    """What happens to the rows, in words."""
    found = []
    moving, staying = sort_out(case)
    words = {"target": case.target.name if case.target else ""}
    if moving:
        line = ngettext(
            "%(count)s ledger entry moves to %(target)s.",
            "%(count)s ledger entries move to %(target)s.",
            len(moving),
        )
        found.append(line % {**words, "count": len(moving)})
    if staying:
        found.append(
            _(
                "Ledgers in which several have a row for the same period: %(ledgers)s. Their rows stay with the closed "
                "organisations; enter the figures of %(target)s anew."
            )
            % {**words, "ledgers": _named(staying, case.source)}
        )
    if followers := following(case):
        line = ngettext(
            "%(count)s ledger entry on it goes along.", "%(count)s ledger entries on it go along.", len(followers)
        )
        found.append(line % {"count": len(followers)})
    if case.verb == Verb.CLOSE:
        count = Entry.objects.filter(organisation__in=case.sources).count()
        if count:
            line = ngettext(
                "%(count)s ledger entry stays with the closed organisation and no longer counts.",
                "%(count)s ledger entries stay with the closed organisation and no longer count.",
                count,
            )
            found.append(line % {"count": count})
    return found


def _named(rows: Sequence[Entry], source: Organisation) -> str:
    theirs = kinds.Ledgers().at(source.path)
    labels = list(dict.fromkeys(theirs[row.ledger].label if row.ledger in theirs else row.ledger for row in rows))
    return _(", ").join(labels[:SHOWN])


def apply(case: Reorganisation, changes: Writer) -> None:
    """Move what ``sort_out`` and ``following`` say, and the links to merged units."""
    moving, _staying = sort_out(case)
    target = case.target
    if target is None:
        return
    for row in moving:
        row.organisation, row.source = target, Source.REORGANISED
    changes.update_all(moving, ["organisation", "source"])
    if case.verb == Verb.MERGE:
        linked = list(Entry.objects.filter(linked__in=case.sources))
        for row in linked:
            row.linked = target
        changes.update_all(linked, ["linked"])
    followers = following(case)
    new = target if target.kind in OPERATING else target.township
    for row in followers:
        if new is not None:
            row.organisation, row.source = new, Source.REORGANISED
    changes.update_all(followers, ["organisation", "source"])

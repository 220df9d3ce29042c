"""What is checked once all rows hang in the tree: rings, what may stand below what, scope, and what the file lacks."""

from collections import defaultdict

from django.utils.translation import gettext as _

from orgs import paths
from orgs.models import Organisation
from orgs.register import layout
from orgs.register.layout import Line
from orgs.register.loading.state import Loading
from orgs.rules import Kind, PartyForm, form_fits, kind_fits


def refuse_cycles(loading: Loading) -> None:
    """Each row of a ring is a fault, and hangs nowhere so that the other checks come to an end."""
    parents = {row.code: loading.by_key[row.parent_id].code for row in loading.known.values() if row.parent_id}
    for line in loading.in_file.values():
        parent = line.organisation.parent
        parents[line.code] = parent.code if parent else ""
    for ring in list(layout.cycles(parents, loading.in_file)):
        shown = " → ".join([*ring, ring[0]])
        for code in ring:
            if code in loading.in_file:
                loading.fault(
                    loading.in_file[code], "parent_code", _("it stands below itself: %(ring)s.") % {"ring": shown}
                )
                loading.in_file[code].organisation.parent = None


def check_fit(loading: Loading) -> None:
    """What is new, moved or reshaped fits below its parent, and what stands below a reshaped one still fits."""
    moved = loading.replaced.keys()
    children: dict[int, list[Organisation]] = defaultdict(list)
    if loading.reshaped:
        for row in loading.known.values():
            if row.parent_id and row.code not in loading.in_file:
                children[row.parent_id].append(row)
    for line in loading.in_file.values():
        row = line.organisation
        parent = row.parent
        if not line.faulty and (line.is_new or {id(row), id(parent)} & (loading.reshaped | moved)):
            _check_pair(loading, line, row, parent, shape=True)
        if id(row) in loading.reshaped and row.pk:
            for child in children[row.pk]:
                _check_pair(loading, line, child, row, shape=False)


def _check_pair(loading: Loading, line: Line, row: Organisation, parent: Organisation | None, *, shape: bool) -> None:
    if not row.kind or (parent is not None and not parent.kind):
        return  # the row that should say so is faulty itself
    words = {"name": row.name, "parent": parent.name if parent else ""}
    kind_column = next((c for c in ("kind", "level") if c in line.values), "parent_code")
    if not kind_fits(row.kind, parent.kind if parent else None):
        words |= {"kind": str(Kind(row.kind).label), "above": str(Kind(parent.kind).label) if parent else ""}
        if parent is None:
            message = _("%(name)s is of kind “%(kind)s” and cannot stand at the top.")
        else:
            message = _("%(name)s (%(kind)s) cannot stand below %(parent)s (%(above)s).")
        loading.fault(line, kind_column, message % words)
    elif parent is not None and not form_fits(row.party_form, parent.party_form):
        words |= {"form": str(PartyForm(row.party_form).label), "above": str(PartyForm(parent.party_form).label)}
        message = _("%(name)s (%(form)s) cannot stand below %(parent)s (%(above)s).")
        loading.fault(line, "party_form" if "party_form" in line.values else kind_column, message % words)
    elif shape and parent is not None and parent.closed_on and parent.closed_on <= loading.today and not row.closed_on:
        loading.fault(line, "parent_code", _("%(parent)s is closed; nothing open can stand below it.") % words)


def check_scope(loading: Loading) -> None:
    """Nothing outside the organisation of the person acting is loaded or changed."""
    root = loading.root
    if root is None:
        return
    inside: dict[int, bool] = {}

    def is_inside(row: Organisation | None) -> bool:
        if row is None:
            return False
        if id(row) not in inside:
            inside[id(row)] = False
            inside[id(row)] = row.path.startswith(root) if row.pk else is_inside(row.parent)
        return inside[id(row)]

    moved = loading.replaced.keys()
    for line in loading.in_file.values():
        row = line.organisation
        if line.faulty or (not line.is_new and not line.changes and id(row) not in moved):
            continue
        if not is_inside(row) or (id(row) in moved and not is_inside(row.parent)):
            loading.fault(line, "parent_code", _("it would stand outside the organisation your post belongs to."))


def missing(loading: Loading) -> list[Organisation]:
    """Open organisations of the kinds in the file, below where it starts, that it does not name."""
    kinds = {line.organisation.kind for line in loading.in_file.values()}
    tops = set()
    for line in loading.in_file.values():
        row = line.organisation
        inside = loading.root is None or row.path.startswith(loading.root)
        if row.pk and inside and (row.parent is None or row.parent.code not in loading.in_file):
            tops.add(row.path)
    return [
        row
        for row in loading.known.values()
        if row.code not in loading.in_file
        and row.kind in kinds
        and not (row.closed_on and row.closed_on <= loading.today)
        and not tops.isdisjoint(paths.above(row.path))
    ]

"""Rows become organisations: found or new, hung below their parents, holding the values the file gives them."""

from django.utils.translation import gettext as _

from orgs.models import Organisation
from orgs.register import layout
from orgs.register.layout import Line
from orgs.register.loading.state import Loading
from orgs.rules import ABOVE, OPERATING, Kind

PLAIN = ("name", "urban_rural_class", "node_type", "short_name", "opened_on", "closed_on")


def identify(loading: Loading, line: Line) -> None:
    """Find the organisation a row is about; empty and repeated codes are faults."""
    code = line.code
    if not code:
        if "code" in line.values:
            loading.fault(line, "code", _("the code is empty."))
        return
    if code in loading.in_file:
        first = loading.in_file[code].number
        loading.fault(
            line, "code", _("the code %(code)s stands already in row %(first)s.") % {"code": code, "first": first}
        )
        line.is_new = False
        return
    loading.in_file[code] = line
    if code in loading.known:
        line.organisation, line.is_new = loading.known[code], False
    else:
        line.organisation.code = code


def repeated(loading: Loading, line: Line) -> bool:
    """Whether the row's code is empty or stood in an earlier row: it is about no organisation of its own."""
    return loading.in_file.get(line.code) is not line


def _parent_code(loading: Loading, row: Organisation) -> str:
    """The code of the parent that stands now, also of one outside the register."""
    return loading.by_key[row.parent_id].code if row.parent_id else row.external_parent_code


def link(loading: Loading, line: Line) -> None:
    """Hang the row's organisation below its parent."""
    if repeated(loading, line):
        return
    if "parent_code" not in line.values:
        if not line.faulty:
            loading.fault(line, "", _("a new organisation needs a column with the code of its parent."))
        return
    code = line.values["parent_code"]
    old = None if line.is_new else _parent_code(loading, line.organisation)
    above = loading.in_file.get(code)
    parent = above.organisation if above else loading.known.get(code)
    if code == old and (parent is None or line.organisation.parent_id):
        if parent is None and loading.top is None:
            loading.top = line
        return
    if code == line.code:
        loading.fault(line, "parent_code", _("the organisation is named as its own parent."))
    elif parent is not None:
        _hang(loading, line, parent, old)
    else:
        _at_the_top(loading, line, code, old)


def _hang(loading: Loading, line: Line, parent: Organisation, old: str | None) -> None:
    line.organisation.parent = parent
    line.organisation.external_parent_code = ""
    if not line.is_new:
        if old == parent.code:
            old = _("%(code)s, absent so far") % {"code": old}
        loading.differs(line, "parent_code", old, parent.code)
        loading.replaced[id(line.organisation)] = line.organisation


def _at_the_top(loading: Loading, line: Line, code: str, old: str | None) -> None:
    """Exactly one city or county of a file may stand at the top, below a parent that is absent."""
    kind = _kind_read(line)
    if not code and kind not in ABOVE:
        loading.fault(line, "parent_code", _("the code of the parent is empty."))
    elif kind not in {*ABOVE, None} or (not line.is_new and line.organisation.parent_id):
        words = {"code": code or _("(empty)")}
        loading.fault(line, "parent_code", _("the parent %(code)s is neither in the file nor in the register.") % words)
    elif loading.top is not None:
        words = {"code": code or _("(empty)"), "row": str(loading.top.number)}
        message = _(
            "the parent %(code)s is absent, and row %(row)s is already the one row at the top; only one may be."
        )
        loading.fault(line, "parent_code", message % words)
    else:
        loading.top = line
        if old is not None and old != code:
            loading.differs(line, "parent_code", old, code)
        line.organisation.external_parent_code = code


def _kind_read(line: Line) -> str | None:
    """The kind a row says, None when it says none that makes sense."""
    if line.values.get("kind"):
        return str(line.values["kind"])
    try:
        return layout.kind_of(line.values.get("level", ""), line.values.get("node_type", ""))
    except ValueError:
        return None if line.is_new else line.organisation.kind


def set_plain(loading: Loading, line: Line) -> None:
    """Values that are stored as they are read."""
    row = line.organisation
    if line.values.get("name") == "":
        loading.fault(line, "name", _("the name is empty."))
    for column in PLAIN:
        if column not in line.values or repeated(loading, line):
            continue
        old, new = getattr(row, column), line.values[column]
        if old == new:
            continue
        loading.differs(line, column, old, new)
        if column == "name" and not line.is_new:
            line.renamed_from = old
        setattr(row, column, new)
    if row.opened_on and row.closed_on and row.closed_on < row.opened_on:
        loading.fault(line, "closed_on", _("it closes before it opens."))


def set_kind(loading: Loading, line: Line) -> None:
    """The kind a row gives, or else what its level and type stand for."""
    if not line.code or repeated(loading, line):
        return
    row, values = line.organisation, line.values
    level, given = values.get("level", ""), values.get("kind", "")
    if not line.is_new and not given and not level and not values.get("node_type"):
        return
    if line.faulty & {"level", "node_type", "kind"}:
        return
    try:
        kind = given or layout.kind_of(level, values.get("node_type", ""))
        if given and level and layout.LEVELS.get(given, "") != level:
            words = {"level": level, "kind": Kind(given).label}
            raise ValueError("level", _("level “%(level)s” does not go with the kind “%(kind)s”.") % words)
    except ValueError as error:
        loading.fault(line, *error.args)
        return
    if kind == row.kind:
        return
    if not line.is_new:
        loading.differs(line, "kind", row.kind, kind)
        loading.reshaped.add(id(row))
        if (kind in OPERATING) != (row.kind in OPERATING):
            loading.replaced[id(row)] = row
    row.kind = kind


def set_merged(loading: Loading, line: Line) -> None:
    """Into which organisation it was merged."""
    if "merged_into_code" not in line.values or repeated(loading, line):
        return
    row, code = line.organisation, line.values["merged_into_code"]
    old = loading.by_key[row.merged_into_id].code if row.merged_into_id else ""
    if code == old:
        return
    above = loading.in_file.get(code)
    target = above.organisation if above else loading.known.get(code)
    if code and target is None:
        loading.fault(
            line, "merged_into_code", _("%(code)s is neither in the file nor in the register.") % {"code": code}
        )
    elif target is row:
        loading.fault(line, "merged_into_code", _("the organisation is named as merged into itself."))
    else:
        loading.differs(line, "merged_into_code", old, code)
        loading.merged.append((row, target))


def set_forms(loading: Loading) -> None:
    """Party forms from the top down, since what a row leaves open depends on the form above it."""
    waiting = [line for line in loading.in_file.values() if line.organisation.kind]
    open_rows = {id(line.organisation) for line in waiting if line.is_new and not line.values.get("party_form")}
    for line in waiting:
        form = line.values.get("party_form", "")
        if form and form != line.organisation.party_form:
            loading.differs(line, "party_form", line.organisation.party_form, form)
            line.organisation.party_form = form
            loading.reshaped.add(id(line.organisation))
    for line in waiting:
        chain = []
        row: Organisation | None = line.organisation
        while row is not None and id(row) in open_rows:
            open_rows.discard(id(row))
            chain.append(row)
            row = row.parent
        for below in reversed(chain):
            above = below.parent.party_form if below.parent else None
            below.party_form = layout.default_form(below.kind, above)

"""What loading a register would do: rows linked into the tree, compared with what stands, and checked."""

import datetime
from collections.abc import Iterable

from orgs.models import Organisation
from orgs.register.layout import Fault, Line, Plan
from orgs.register.loading import beside, checks, rows
from orgs.register.loading.state import Loading

__all__ = ["Loading", "prepare"]


def prepare(
    lines: list[Line], faults: list[Fault], *, known: Iterable[Organisation], today: datetime.date, root: str | None
) -> Loading:
    """Link, compare and check the rows against the organisations ``known``, which are changed but not stored."""
    loading = Loading(today, root, {row.code: row for row in known}, Plan(lines, faults))
    loading.by_key = {row.pk: row for row in loading.known.values()}
    for row in loading.known.values():
        if row.parent_id:
            row.parent = loading.by_key[row.parent_id]  # all are here: nothing is fetched one by one
    by_number = {line.number: line for line in lines}
    for fault in faults:
        by_number[fault.row].faulty.add(fault.column)
    for line in lines:
        rows.identify(loading, line)
    for line in lines:
        if "parent_code" in line.values or line.is_new:
            rows.link(loading, line)
    checks.refuse_cycles(loading)
    for line in lines:
        rows.set_plain(loading, line)
        rows.set_kind(loading, line)
        rows.set_merged(loading, line)
    rows.set_forms(loading)
    checks.check_fit(loading)
    checks.check_scope(loading)
    beside.set_beside(loading)
    loading.plan.missing = checks.missing(loading)
    loading.plan.faults.sort()
    return loading

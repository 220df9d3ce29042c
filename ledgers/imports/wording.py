"""What is said of the rows of an import: problems, corrections, and how a row would change what is stored."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledgers.imports.staged import Problem, StagedRow, Standing
from naming.matching import STEPS
from sheets.wording import CORRECTIONS, FAULTS

STANDINGS: dict[str, str | Promise] = {
    Standing.NEW: gettext_lazy("new"),
    Standing.CHANGED: gettext_lazy("changed"),
    Standing.SAME: gettext_lazy("unchanged"),
    Standing.NEEDS: gettext_lazy("needs you"),
    Standing.SKIPPED: gettext_lazy("left out"),
    Standing.DONE: gettext_lazy("imported"),
}
FILTERS: dict[str, str | Promise] = {
    "all": gettext_lazy("All"),
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "same": gettext_lazy("Unchanged"),
    "corrected": gettext_lazy("Corrected automatically"),
    "needs": gettext_lazy("Needs you"),
    "skipped": gettext_lazy("Left out"),
    "done": gettext_lazy("Imported"),
}
PROBLEMS: dict[str, str | Promise] = {
    Problem.UNKNOWN: gettext_lazy("There is no “%(words)s” here. Which organisation is meant?"),
    Problem.AMBIGUOUS: gettext_lazy("“%(words)s” may be several organisations. Which one is meant?"),
    Problem.MISSING: gettext_lazy("No organisation is named in this row. Whose row is it?"),
    Problem.CONTRADICTION: gettext_lazy("Township or code contradict the name “%(words)s”. Which one is meant?"),
    Problem.UNSURE: gettext_lazy("“%(words)s” is one character off. Is this the one that is meant?"),
    Problem.NOT_YOURS: gettext_lazy("“%(name)s” does not belong to you: its own township or the county imports it."),
    Problem.NOT_FOR_THIS: gettext_lazy("This ledger keeps no rows of “%(name)s”."),
    Problem.CLASH: gettext_lazy("Row %(rival)s is of the same organisation and says otherwise. Leave one of them out."),
    Problem.TWICE: gettext_lazy("Row %(rival)s says the same; this one is not needed."),
    Problem.PERIOD: gettext_lazy("“%(period)s” is no period of this ledger."),
    Problem.LACKING: gettext_lazy("What tells the rows of one organisation apart is blank: %(fields)s."),
    Problem.BROKEN: gettext_lazy("The values contradict each other: %(checks)s"),
    Problem.EDITED: gettext_lazy(
        "Somebody changed this row meanwhile; what stands there now is struck out. Import over it, or leave it out."
    ),
}
WHY_IGNORED: dict[str, str | Promise] = {
    "hidden": gettext_lazy("hidden sheet"),
    "notes": gettext_lazy("notes on how to fill it in"),
    "empty": gettext_lazy("empty"),
    "no_table": gettext_lazy("no table found"),
}


def fault(code: str) -> str:
    """What is wrong with a cell."""
    return str(FAULTS.get(code, code))


def corrections(codes: list[str]) -> str:
    """What was done to read a cell."""
    return _(", ").join(str(CORRECTIONS.get(code, code)) for code in codes)


def how_found(row: StagedRow) -> str:
    """How an organisation was found, when its name was not written as it is."""
    return _(", ").join(str(STEPS.get(code, code)) for code in dict.fromkeys(row.how))

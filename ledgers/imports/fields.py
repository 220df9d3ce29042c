"""All that the reading engine looks for in a workbook of a ledger: its columns, and the period."""

from ledgers.fields import described
from ledgers.rules.kinds import KindRule, PeriodKind
from sheets.fields import FieldDescription, Type

PERIOD = "@period"
_PERIOD_HEADINGS = {
    PeriodKind.MONTH: ("月份", "期间", "年月", "所属月份", "统计月份"),
    PeriodKind.QUARTER: ("季度", "期间", "所属季度"),
    PeriodKind.HALF: ("半年", "期间", "所属半年"),
    PeriodKind.YEAR: ("年度", "期间", "年份", "所属年度", "统计年度"),
}


def describe(kind: KindRule) -> list[FieldDescription]:
    """All columns of a ledger, those asked for no longer as well, and its period."""
    found = [described(column) for column in kind.columns]
    if kind.period:
        names = _PERIOD_HEADINGS[PeriodKind(kind.period)]
        found.append(FieldDescription(PERIOD, Type.IDENTIFIER, names[0], (*names[1:], "period")))
    return found

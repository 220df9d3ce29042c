"""Dates as Chinese offices write them: no leading noughts, 6月8日."""

MONTH_DAY_FORMAT = "n月j日"

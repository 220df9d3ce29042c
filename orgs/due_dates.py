"""When computed dates fall due: pure sentences over a calendar. Dates that a document names are never moved."""

import datetime

from orgs.workdays import DAY, LONG_HOLIDAY_DAYS, Calendar

SUPPRESSED_FROM = 4  # rest days in a week, Monday to Sunday, from which no weekly report is asked for


def report_due(day: datetime.date, calendar: Calendar) -> datetime.date:
    """A report that would fall on a rest day is due on the workday before."""
    return calendar.on_or_before(day)


def task_due(day: datetime.date, calendar: Calendar) -> datetime.date:
    """A task or rectification that would fall on a rest day is due on the next workday."""
    return calendar.on_or_after(day)


def nth_workday(year: int, month: int, number: int, calendar: Calendar) -> datetime.date:
    """The ``number``-th workday of a month; ``number`` counts from 1."""
    return calendar.after(datetime.date(year, month, 1) - DAY, number)


def last_workday(year: int, month: int, calendar: Calendar) -> datetime.date:
    """The last workday of a month."""
    return calendar.on_or_before((datetime.date(year, month, 28) + DAY * 4).replace(day=1) - DAY)


def workdays_before(day: datetime.date, number: int, calendar: Calendar) -> datetime.date:
    """The ``number``-th workday before a day."""
    return calendar.before(day, number)


def reminded_on(day: datetime.date, calendar: Calendar) -> datetime.date:
    """The day on which a fixed date is reminded of: itself, or the last workday before."""
    return calendar.on_or_before(day)


def weekly_due(day: datetime.date, weekday: int, calendar: Calendar) -> datetime.date | None:
    """When the report of the day's week is due: on its ``weekday`` (0 is Monday) or the workday before.

    A make-up day at the weekend does not draw it there. None in a week with four rest days or more (假期): nothing is
    asked for.
    """
    monday = day - DAY * day.weekday()
    week = [monday + DAY * n for n in range(7)]
    if sum(not calendar.works(each) for each in week) >= SUPPRESSED_FROM:
        return None
    return report_due(week[weekday], calendar)


def weekly_late_after(due_on: datetime.date, calendar: Calendar) -> datetime.date:
    """The last day on which a weekly report is not late: one workday more in the week in which a long holiday ended."""
    day = monday = due_on - DAY * due_on.weekday()
    while not calendar.works(day) and day < due_on:
        day += DAY
    first = day
    while not calendar.works(first - DAY):
        first -= DAY
    ended_here = day > monday or not calendar.works(monday - DAY)
    return calendar.after(due_on) if ended_here and (day - first).days >= LONG_HOLIDAY_DAYS else due_on

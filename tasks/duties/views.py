"""The door of my week."""

import datetime

from django.http import HttpResponse
from django.shortcuts import render

from dates import periods
from orgs.pages import doors
from tasks.duties import week as work
from tasks.lists import listing

ONE_DAY = datetime.timedelta(days=1)
WEEK = datetime.timedelta(days=7)


@doors.business
def page(request: doors.BusinessRequest) -> HttpResponse:
    """What is to be done this week, overdue and sent back first; ``?week=2026-W47`` shows another week."""
    this_week = periods.week(request.actor.on)
    asked = listing.period_of(request.GET.get("week", ""), this_week)
    week = periods.week(asked.start) if asked else this_week
    sections = work.sections(request.actor, week)
    villages = work.villages_of_first(request.actor, sections)
    context = {
        "week": week,
        "number": week.start.isocalendar().week,
        "this_week": this_week,
        "week_before": periods.week(week.start - ONE_DAY),
        "week_after": periods.week(week.end + ONE_DAY),
        "sections": sections,
        "villages": villages,
        "contacts": work.contacts(request.actor, [row.organisation for row in villages]),
        "changes": work.changes_since(request.actor, week.start - WEEK),
        "changes_since": week.start - WEEK,
    }
    return render(request, "tasks/duties/week.html", context)

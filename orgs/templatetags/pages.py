"""Tags for pages: links that keep the filter, bars without inline styles, days left in words."""

import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dates.days_left import days_left
from dates.workdays import NATIONAL
from orgs.pages import menu
from orgs.rules import Role
from sheets.values import shown

register = template.Library()


@register.simple_tag(takes_context=True, name="days_left")
def days_left_tag(context: RequestContext, due_on: datetime.date | None) -> str:
    """A due date as people say it, for the actor's day; nothing without a date."""
    return days_left(due_on, context["actor"].on) if due_on else ""


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The page's own query string with ``changes`` made; None takes a parameter away."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.filter
def figure(value: Decimal | None) -> str:
    """A number without needless zeros; a dash for none."""
    return "—" if value is None else shown(value)


@register.simple_tag(takes_context=True)
def settings_doors(context: RequestContext) -> list[menu.Entry]:
    """The doors among the settings, for the tabs their pages share."""
    return menu.settings(context.get("actor"), context["request"].path)


@register.simple_tag(takes_context=True)
def missing_year(context: RequestContext) -> int | None:
    """The year whose days off are not known, for the county office, who can enter them."""
    actor = context.get("actor")
    if actor is None or actor.role != Role.COUNTY_OFFICE or NATIONAL.missing_year(actor.on) is None:
        return None
    found: int | None = actor.calendar.missing_year(actor.on)
    return found


@register.simple_tag
def progress_bar(percent: int | None, light: str = "fine") -> SafeString:
    """A progress bar as SVG, since a strict CSP forbids inline widths; nothing reported is said in words."""
    if percent is None:
        return format_html('<span class="small text-secondary">{}</span>', _("not reported"))
    return format_html(
        '<svg class="bar bar-{}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}%">'
        '<rect class="bar-back" width="100" height="6"/><rect class="bar-front" width="{}" height="6"/></svg>',
        light,
        percent,
        percent,
    )

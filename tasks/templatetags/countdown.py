"""A tag for countdowns: calendar and working days as the actor's county counts them."""

import datetime

from django import template
from django.template.context import RequestContext

from orgs.actor import Actor
from tasks.lights import words

register = template.Library()


@register.simple_tag(takes_context=True)
def days_to(context: RequestContext, due_on: datetime.date | None) -> str:
    """How long there is for the actor's day: 剩 6 天（4 个工作日）; nothing without a date."""
    actor: Actor = context["actor"]
    return words.countdown(due_on, actor.on, actor.calendar) if due_on else ""

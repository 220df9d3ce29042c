"""Tags for the message centre."""

from django import template
from django.template.context import RequestContext

from reminders import actions

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_messages(context: RequestContext) -> int:
    """How many messages the person has not read, for the bell."""
    request = context.get("request")
    return actions.unread(request.user) if request and request.user.is_authenticated else 0

"""Tags for background work."""

from django import template
from django.template.context import RequestContext

from records import work

register = template.Library()


@register.simple_tag(takes_context=True)
def my_work(context: RequestContext) -> list[work.Standing]:
    """The person's work that runs or ended unseen, for the page's head."""
    request = context.get("request")
    return work.not_seen(getattr(request, "actor", None))

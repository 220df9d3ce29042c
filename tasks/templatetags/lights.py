"""A tag for lights: the dot and its word."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tasks.rules.status import Light

register = template.Library()


@register.simple_tag
def light(value: str) -> SafeString:
    """A light with its word; a colour alone says nothing to some."""
    return format_html(
        '<span class="text-nowrap me-1"><span class="light light-{}" aria-hidden="true"></span>'
        '<span class="small text-secondary">{}</span></span>',
        value,
        Light(value).label,
    )

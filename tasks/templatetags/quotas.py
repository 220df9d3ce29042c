"""Figures of quantity tasks as people write them."""

from decimal import Decimal

from django import template

from tasks.rules import quotas

register = template.Library()


@register.filter
def figure_size(value: Decimal | None) -> str:
    """How large a difference is, whichever way it goes."""
    return quotas.shown(None if value is None else abs(value))

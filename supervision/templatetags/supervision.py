"""Tags of supervision's pages."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import template

from supervision import lists
from supervision.models import Remedy

register = template.Library()


@register.filter
def at(found: Mapping[int, Any], key: int) -> Any:
    """What a mapping holds under a key."""
    return found.get(key, "")


@register.filter
def remedy_due(remedy: Remedy) -> datetime.date:
    """By when a task of the list is due."""
    return lists.due_on(remedy)

"""The token of a form: Django's own against forgery, and beside it the key under which the form is done once."""

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from records import once, sendings

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """The hidden fields of a form that is sent by POST."""
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":  # noqa: S105  # what Django says without a request
        return SafeString("")
    fields = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
    user = getattr(context.get("request"), "user", None)
    if user is None or user.pk is None:
        return fields
    key = sendings.new_key(user.pk)
    return fields + format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, key)

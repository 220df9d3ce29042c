"""The shipped URLs and ``/bench/plain/``: a signed-in page of 50 rows, one query, in the shipped base template."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as shipped
from orgs.models import Organisation
from orgs.pages import doors

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
ROWS = 50
PAGE = engines["django"].from_string(
    """{% extends "base.html" %}{% block content %}<h1>Organisations</h1><table class="table">
    <tbody>
    {% for row in rows %}<tr><th scope="row"><a href="{{ row.get_absolute_url }}">{{ row }}</a></th>
    <td>{{ row.code }}</td>
    <td>{{ row.get_kind_display }}</td><td>{{ row.get_party_form_display }}</td></tr>{% endfor %}
    </tbody></table>{% endblock %}"""
)


@doors.business
def plain(request: doors.BusinessRequest) -> HttpResponse:
    """Fifty organisations."""
    rows = Organisation.objects.visible_to(request.actor).order_by("path")[:ROWS]
    return HttpResponse(PAGE.render({"rows": rows}, request))


urlpatterns = [*shipped, path("bench/plain/", plain, name="bench_plain")]

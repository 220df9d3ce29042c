"""URLs of responsibility."""

from django.urls import path

from orgs.views import responsibility

urlpatterns = [
    path("organisations/responsibility/", responsibility.index, name="responsibility"),
    path("organisations/responsibility/export/", responsibility.export, name="responsibility_export"),
    path("organisations/responsibility/gaps/", responsibility.gaps, name="responsibility_gaps"),
    path("organisations/responsibility/import/", responsibility.load, name="responsibility_import"),
    path("organisations/responsibility/new/", responsibility.new, name="responsibility_new"),
    path("organisations/responsibility/<key:pk>/edit/", responsibility.edit, name="responsibility_edit"),
    path("organisations/responsibility/<key:pk>/end/", responsibility.end, name="responsibility_end"),
    path("organisations/responsibility/<key:pk>/copy/", responsibility.copy, name="responsibility_copy"),
]

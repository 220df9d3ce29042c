"""URLs of responsibility."""

from django.urls import path

from orgs.responsibility import views

urlpatterns = [
    path("organisations/responsibility/", views.index, name="responsibility"),
    path("organisations/responsibility/export/", views.export, name="responsibility_export"),
    path("organisations/responsibility/gaps/", views.gaps, name="responsibility_gaps"),
    path("organisations/responsibility/import/", views.load, name="responsibility_import"),
    path("organisations/responsibility/new/", views.new, name="responsibility_new"),
    path("organisations/responsibility/<key:pk>/edit/", views.edit, name="responsibility_edit"),
    path("organisations/responsibility/<key:pk>/end/", views.end, name="responsibility_end"),
    path("organisations/responsibility/<key:pk>/copy/", views.copy, name="responsibility_copy"),
]

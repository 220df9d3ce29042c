"""URLs of the event log."""

from django.urls import path

from orgs.events import views

urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/export/", views.events_export, name="events_export"),
]

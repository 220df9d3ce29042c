"""URLs of the event log."""

from django.urls import path

from orgs.views import events

urlpatterns = [
    path("events/", events.events, name="events"),
    path("events/export/", events.events_export, name="events_export"),
]

"""URLs of what a county sets."""

from django.urls import path

from orgs.views import options

urlpatterns = [
    path("settings/", options.page, name="settings"),
    path("settings/<str:key>/reset/", options.reset, name="setting_reset"),
]

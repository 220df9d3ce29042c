"""URLs of what a county sets."""

from django.urls import path

from orgs.views import options, workdays

urlpatterns = [
    path("settings/", options.page, name="settings"),
    path("settings/workdays/", workdays.page, name="workdays"),
    path("settings/workdays/paste/", workdays.paste, name="workdays_paste"),
    path("settings/workdays/<key:pk>/remove/", workdays.remove, name="workday_remove"),
    path("settings/<str:key>/reset/", options.reset, name="setting_reset"),
]

"""URLs of what a county sets."""

from django.urls import path

from orgs.settings import views, workday_views

urlpatterns = [
    path("settings/", views.page, name="settings"),
    path("settings/workdays/", workday_views.page, name="workdays"),
    path("settings/workdays/paste/", workday_views.paste, name="workdays_paste"),
    path("settings/workdays/<key:pk>/remove/", workday_views.remove, name="workday_remove"),
    path("settings/<str:key>/reset/", views.reset, name="setting_reset"),
]

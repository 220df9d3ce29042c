"""URL of my week."""

from django.urls import path

from tasks.views import week

urlpatterns = [
    path("week/", week.page, name="week"),
]

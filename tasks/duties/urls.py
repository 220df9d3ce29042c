"""URL of my week."""

from django.urls import path

from tasks.duties import views

urlpatterns = [
    path("week/", views.page, name="week"),
]

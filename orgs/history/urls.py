"""URLs of history and undo."""

from django.urls import path

from orgs.history import views

urlpatterns = [
    path("history/<str:kind>/<key:key>/", views.page, name="history"),
    path("changes/<changeset:pk>/undo/", views.undo, name="change_undo"),
]

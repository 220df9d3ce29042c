"""URLs of history and undo."""

from django.urls import path

from orgs.views import history

urlpatterns = [
    path("history/<str:kind>/<key:key>/", history.page, name="history"),
    path("changes/<changeset:pk>/undo/", history.undo, name="change_undo"),
]

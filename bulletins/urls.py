"""URLs of bulletins."""

from django.urls import path

from bulletins import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/export/", views.export, name="board_export"),
]

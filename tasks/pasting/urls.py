"""URLs of what is pasted into the grid."""

from django.urls import path

from tasks.pasting import views

urlpatterns = [
    path("grid/block/", views.block, name="grid_block"),
    path("grid/chat/", views.chat_page, name="grid_chat"),
]

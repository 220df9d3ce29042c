"""URLs of what is pasted into the grid."""

from django.urls import path

from tasks.views import grid_pasting

urlpatterns = [
    path("grid/block/", grid_pasting.block, name="grid_block"),
    path("grid/chat/", grid_pasting.chat_page, name="grid_chat"),
]

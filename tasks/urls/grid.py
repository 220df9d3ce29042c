"""URLs of the grid and of what villages owe."""

from django.urls import path

from tasks.views import grid, grid_pasting, grid_steps, villages

urlpatterns = [
    path("grid/", grid.page, name="grid"),
    path("grid/unchanged/", grid.unchanged, name="grid_unchanged"),
    path("grid/block/", grid_pasting.block, name="grid_block"),
    path("grid/chat/", grid_pasting.chat_page, name="grid_chat"),
    path("grid/shares/", villages.shares, name="grid_shares"),
    path("grid/rows/", grid.several, name="grid_rows"),
    path("grid/<key:pk>/", grid.row, name="grid_row"),
    path("grid/back/", grid_steps.back, name="grid_back"),
    path("grid/<key:pk>/undo/<changeset:record_pk>/", grid_steps.undo, name="grid_undo"),
    path("village/", villages.home, name="village_home"),
    path("villages/print/", villages.month_print, name="villages_print"),
    path("villages/<key:pk>/", villages.page, name="village"),
    path("entries/<key:pk>/object/", villages.object_to, name="entry_object"),
    path("objections/", villages.objections, name="objections"),
    path("objections/<key:pk>/answer/", villages.answer, name="objection_answer"),
]

"""URLs of the grid."""

from django.urls import path

from tasks.views import grid, grid_steps

urlpatterns = [
    path("grid/", grid.page, name="grid"),
    path("grid/unchanged/", grid.unchanged, name="grid_unchanged"),
    path("grid/rows/", grid.several, name="grid_rows"),
    path("grid/<key:pk>/", grid.row, name="grid_row"),
    path("grid/back/", grid_steps.back, name="grid_back"),
    path("grid/<key:pk>/undo/<changeset:record_pk>/", grid_steps.undo, name="grid_undo"),
]

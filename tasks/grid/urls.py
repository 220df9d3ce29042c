"""URLs of the grid."""

from django.urls import path

from tasks.grid import step_views, views

urlpatterns = [
    path("grid/", views.page, name="grid"),
    path("grid/unchanged/", views.unchanged, name="grid_unchanged"),
    path("grid/rows/", views.several, name="grid_rows"),
    path("grid/<key:pk>/", views.row, name="grid_row"),
    path("grid/back/", step_views.back, name="grid_back"),
    path("grid/<key:pk>/undo/<changeset:record_pk>/", step_views.undo, name="grid_undo"),
]

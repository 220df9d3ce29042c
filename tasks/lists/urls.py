"""URLs of lists of assignments and of what is done to chosen rows."""

from django.urls import path

from tasks.lists import deed_views, views

urlpatterns = [
    path("rows/", views.index, name="rows"),
    path("rows/change/<slug:name>/", deed_views.change, name="rows_change"),
    path("rows/export/", views.export, name="rows_export"),
]

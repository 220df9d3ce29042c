"""URLs of my week and lists of assignments."""

from django.urls import path

from tasks.views import rows, week

urlpatterns = [
    path("week/", week.page, name="week"),
    path("rows/", rows.index, name="rows"),
    path("rows/export/", rows.export, name="rows_export"),
]

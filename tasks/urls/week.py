"""URLs of my week and lists of assignments."""

from django.urls import path

from tasks.views import rows, together, week

urlpatterns = [
    path("week/", week.page, name="week"),
    path("rows/", rows.index, name="rows"),
    path("rows/change/<slug:name>/", together.change, name="rows_change"),
    path("rows/export/", rows.export, name="rows_export"),
]

"""URLs of lists of assignments and of what is done to chosen rows."""

from django.urls import path

from tasks.views import rows, together

urlpatterns = [
    path("rows/", rows.index, name="rows"),
    path("rows/change/<slug:name>/", together.change, name="rows_change"),
    path("rows/export/", rows.export, name="rows_export"),
]

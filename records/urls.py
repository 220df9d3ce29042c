"""URLs of the health page and stored files."""

from django.urls import path

from records import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("files/<str:kind>/<int:key>/", views.file_download, name="file"),
]

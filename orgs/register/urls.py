"""URLs of the register of organisations."""

from django.urls import path

from orgs.register import views

urlpatterns = [
    path("register/", views.index, name="register"),
    path("register/preview/", views.preview, name="register_preview"),
    path("register/load/", views.load, name="register_load"),
    path("register/loaded/<changeset:pk>/", views.loaded, name="register_loaded"),
    path("register/export/", views.export, name="register_export"),
]

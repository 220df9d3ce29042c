"""URLs of the register of organisations."""

from django.urls import path

from orgs.views import register

urlpatterns = [
    path("register/", register.index, name="register"),
    path("register/preview/", register.preview, name="register_preview"),
    path("register/load/", register.load, name="register_load"),
    path("register/loaded/<changeset:pk>/", register.loaded, name="register_loaded"),
    path("register/export/", register.export, name="register_export"),
]

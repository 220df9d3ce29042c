"""URLs of the register of organisations and reorganisation."""

from django.urls import path

from orgs.views import register, reorganise

urlpatterns = [
    path("register/", register.index, name="register"),
    path("register/preview/", register.preview, name="register_preview"),
    path("register/load/", register.load, name="register_load"),
    path("register/loaded/<changeset:pk>/", register.loaded, name="register_loaded"),
    path("register/export/", register.export, name="register_export"),
    path("organisations/<key:pk>/reorganise/", reorganise.choose, name="reorganise"),
    path("organisations/<key:pk>/reorganise/<str:verb>/", reorganise.step, name="reorganise_step"),
    path("reorganised/<changeset:pk>/", reorganise.done, name="reorganised"),
]

"""URLs of reorganisation."""

from django.urls import path

from orgs.views import reorganise

urlpatterns = [
    path("organisations/<key:pk>/reorganise/", reorganise.choose, name="reorganise"),
    path("organisations/<key:pk>/reorganise/<str:verb>/", reorganise.step, name="reorganise_step"),
    path("reorganised/<changeset:pk>/", reorganise.done, name="reorganised"),
]

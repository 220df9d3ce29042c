"""URLs of reorganisation."""

from django.urls import path

from orgs.reorganise import views

urlpatterns = [
    path("organisations/<key:pk>/reorganise/", views.choose, name="reorganise"),
    path("organisations/<key:pk>/reorganise/<str:verb>/", views.step, name="reorganise_step"),
    path("reorganised/<changeset:pk>/", views.done, name="reorganised"),
]

"""URLs of programmes, tasks and assignments."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

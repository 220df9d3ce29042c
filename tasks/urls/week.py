"""URLs of my week and lists of assignments."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

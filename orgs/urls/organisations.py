"""URLs of organisations, responsibility and terms."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

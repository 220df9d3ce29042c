"""URLs of the register of organisations and reorganisation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

"""URLs of extensions."""

from django.urls import path

from tasks.views import dates

urlpatterns = [
    path("extensions/", dates.queue, name="extensions"),
    path("extensions/decide/", dates.decide, name="extensions_decide"),
]

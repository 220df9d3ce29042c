"""URLs of extensions."""

from django.urls import path

from tasks.due_dates import views

urlpatterns = [
    path("extensions/", views.queue, name="extensions"),
    path("extensions/decide/", views.decide, name="extensions_decide"),
]

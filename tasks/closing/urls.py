"""URLs of verification."""

from django.urls import path

from tasks.closing import views

urlpatterns = [
    path("verification/", views.queue, name="verification"),
    path("verification/close/", views.close_selected, name="verification_close"),
]

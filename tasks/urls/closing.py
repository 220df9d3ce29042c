"""URLs of verification."""

from django.urls import path

from tasks.views import verification

urlpatterns = [
    path("verification/", verification.queue, name="verification"),
    path("verification/close/", verification.close_selected, name="verification_close"),
]

"""All URLs, app by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("records.urls")),
    path("", include("orgs.urls")),
    path("", include("reminders.urls")),
    path("", include("tasks.urls")),
    path("", include("ledgers.urls")),
    path("", include("supervision.urls")),
    path("", include("bulletins.urls")),
]

handler400 = "orgs.pages.errors.bad_request"
handler403 = "orgs.pages.errors.denied"
handler404 = "orgs.pages.errors.not_found"
handler500 = "orgs.pages.errors.server_error"

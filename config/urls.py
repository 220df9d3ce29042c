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

handler400 = "orgs.views.errors.bad_request"
handler403 = "orgs.views.errors.denied"
handler404 = "orgs.views.errors.not_found"
handler500 = "orgs.views.errors.server_error"

"""URLs of the app, each feature's with the feature."""

from django.urls import include, path

urlpatterns = [
    path("", include("orgs.sign_in.urls")),
    path("", include("orgs.people.urls")),
    path("", include("orgs.events.urls")),
    path("", include("orgs.tree.urls")),
    path("", include("orgs.responsibility.urls")),
    path("", include("orgs.history.urls")),
    path("", include("orgs.register.urls")),
    path("", include("orgs.reorganise.urls")),
    path("", include("orgs.settings.urls")),
]

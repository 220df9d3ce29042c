"""URLs of the app, each feature's with the feature."""

from django.urls import include, path

urlpatterns = [
    path("", include("orgs.urls.sign_in")),
    path("", include("orgs.urls.people")),
    path("", include("orgs.urls.events")),
    path("", include("orgs.urls.organisations")),
    path("", include("orgs.urls.responsibility")),
    path("", include("orgs.urls.history")),
    path("", include("orgs.urls.register")),
    path("", include("orgs.urls.reorganise")),
    path("", include("orgs.urls.settings")),
]

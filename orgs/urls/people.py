"""URLs of signing in, posts, accounts and the event log."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from orgs.views import sign_in

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("no-post/", sign_in.no_post, name="no_post"),
]

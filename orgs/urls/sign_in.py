"""URLs of signing in, the own password and language, and where one lands."""

from django.urls import path

from orgs.views import activation, sign_in

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("password/", activation.password_change, name="password_change"),
    path("activate/", activation.activate, name="activate"),
    path("language/", sign_in.language, name="language"),
    path("no-post/", sign_in.no_post, name="no_post"),
]

"""URLs of signing in, the own password and language, and where one lands."""

from django.urls import path

from orgs.sign_in import activation_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", activation_views.password_change, name="password_change"),
    path("activate/", activation_views.activate, name="activate"),
    path("language/", views.language, name="language"),
    path("no-post/", views.no_post, name="no_post"),
]

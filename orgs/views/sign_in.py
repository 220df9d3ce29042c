"""Signing in and out, and where one lands."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from orgs import menu


class SignIn(LoginView):
    """The sign-in page."""

    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True


def locked_out(request: HttpRequest, credentials: dict[str, str] | None = None, *args: object, **kwargs: object) -> HttpResponse:
    """Say how long to wait after too many wrong passwords."""
    return render(request, "registration/locked_out.html", status=429)


def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the first door of the post in force."""
    return redirect(menu.first(request.actor) or "no_post")


def no_post(request: HttpRequest) -> HttpResponse:
    """Say that the account holds no post today and whom to ask."""
    return render(request, "orgs/post_none.html")

"""Signing in and out, being locked out, and where one lands."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs.pages import menu, requested
from orgs.sign_in import acting, locks
from orgs.sign_in.acting import PersonRequest
from orgs.sign_in.forms import SignInForm
from records.models import Event


class SignIn(LoginView):
    """The sign-in page; after an expired session it leads back to the page left."""

    template_name = "registration/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        """Sign the person in and add it to the event log."""
        response = super().form_valid(form)
        actor = acting.for_request(self.request)
        acting.log_event(
            self.request, "sign_in", Event.Result.DONE, username=form.cleaned_data["username"], actor=actor
        )
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        """Show the page again, with what was wrong, and add it to the event log."""
        locked = getattr(self.request, "axes_locked_out", False)
        result = Event.Result.DENIED if locked else Event.Result.FAILED
        acting.log_event(self.request, "sign_in", result, username=form.data.get("username", ""))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """What was lost by an expired session is said once, before signing in again."""
        return super().get_context_data(lost=self.request.GET.get("lost", ""), **kwargs)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        acting.log_event(request, "sign_out", Event.Result.DONE)
        logout(request)
        messages.success(request, _("You are signed out."))
    return redirect("sign_in")


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """Say how long to wait, and whom to ask, after too many wrong passwords (called by django-axes)."""
    username = (credentials or {}).get("username", "")
    context = {
        "username": username,
        "tries": settings.AXES_FAILURE_LIMIT,
        "minutes": locks.minutes_left(username, acting.address_of(request)),
    }
    return render(request, "registration/locked_out.html", context, status=429)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show every page in the chosen language from now on, starting with the one the person is on."""
    response = HttpResponseRedirect(requested.onward(request, request.POST.get("next", ""), "/"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    request.event_logged = True  # type: ignore[attr-defined]  # a choice of language is nobody's business
    return response


def home(request: PersonRequest) -> HttpResponse:
    """Send each person to the first door of the post in force."""
    return redirect(menu.first(request.actor) or "no_post")


def no_post(request: PersonRequest) -> HttpResponse:
    """Say that the account holds no post today and whom to ask; whoever has a first page goes there."""
    first = menu.first(request.actor)
    return redirect(first) if first else render(request, "orgs/sign_in/no_post.html")

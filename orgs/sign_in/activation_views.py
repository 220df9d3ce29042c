"""Opening an account by its one-time code, and changing the password."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dates import clock
from orgs.sign_in import acting, actions
from orgs.sign_in.acting import PersonRequest
from orgs.sign_in.forms import ActivationForm, PasswordForm
from records.models import Event


@login_not_required
@sensitive_post_parameters()
@never_cache
def activate(request: HttpRequest) -> HttpResponse:
    """Set the first password with the one-time code, and sign in; wrong codes count as wrong passwords do."""
    form = ActivationForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid() and _activated(request, form):
            return redirect("home")
        if not getattr(request, "event_logged", False):
            acting.log_event(request, "activate", Event.Result.FAILED, username=form.data.get("username", ""))
    return render(request, "registration/activate.html", {"form": form}, status=422 if form.errors else 200)


def _activated(request: HttpRequest, form: ActivationForm) -> bool:
    """Whether the account is open now; otherwise the form says why not."""
    username = form.cleaned_data["username"]
    credentials = {"username": username}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        request.axes_credentials = credentials  # type: ignore[attr-defined]
        acting.log_event(request, "activate", Event.Result.DENIED, username=username)
        return False
    try:
        user = actions.activate(
            username=username,
            code=form.cleaned_data["code"],
            password=form.cleaned_data["new_password1"],
            at=clock.now(),
        )
    except actions.WrongCode:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        form.add_error(
            "code",
            _(
                "User name and code do not fit together, or the code was used or has expired. "
                "Ask the system administrator for a new one."
            ),
        )
        return False
    except ValidationError as error:
        form.add_error("new_password1", error)
        return False
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    acting.log_event(request, "activate", Event.Result.DONE, username=username, actor=acting.for_request(request))
    messages.success(request, _("Your account is open. From now on sign in with your user name and the new password."))
    return True


@sensitive_post_parameters()
@never_cache
def password_change(request: PersonRequest) -> HttpResponse:
    """Change one's own password; other sessions of the account end."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            actions.set_password(request.user, form.cleaned_data["new_password1"], by=request.actor, at=clock.now())
            update_session_auth_hash(request, request.user)
            acting.log_event(request, "password_change", Event.Result.DONE)
            messages.success(request, _("Your password is changed. Elsewhere you are signed out."))
            return redirect("home")
        acting.log_event(request, "password_change", Event.Result.FAILED)
    return render(request, "registration/password_change.html", {"form": form}, status=422 if form.errors else 200)

"""Forms of signing in, opening an account by its code, and changing the password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.pages.forms import Styled


class SignInForm(Styled, AuthenticationForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs.update({"autocomplete": "username", "autocapitalize": "none"})
        self.fields["password"].label = _("Password")

    def get_invalid_login_error(self) -> ValidationError:
        """Say how many tries are left before signing in is locked."""
        failures = getattr(self.request, "axes_failures_since_start", None) or 0
        left = max(0, settings.AXES_FAILURE_LIMIT - failures)
        wrong = ngettext(
            "User name or password is wrong. %(left)s more wrong try locks signing in for %(minutes)s minutes.",
            "User name or password is wrong. %(left)s more wrong tries lock signing in for %(minutes)s minutes.",
            left,
        )
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        return ValidationError(wrong % {"left": left, "minutes": minutes}, code="invalid_login")


def _password_rules() -> str:
    return _("At least %(count)s characters, not only digits, not a common password, not like your name.") % {
        "count": settings.PASSWORD_MIN_LENGTH
    }


class ActivationForm(Styled, forms.Form):
    """User name, one-time code, and the password twice."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        max_length=40,
        help_text=gettext_lazy("On the slip from the system administrator; spaces, hyphens and case do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    new_password1 = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label=gettext_lazy("New password, again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _password_rules()

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same."""
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("new_password1"), cleaned.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", _("The two passwords differ. Type the same one twice."))
        return cleaned


class PasswordForm(Styled, PasswordChangeForm):
    """The present password and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _password_rules()
        self.fields["new_password2"].label = _("New password, again")
        self.fields["new_password2"].help_text = ""
        self.error_messages = {
            **self.error_messages,
            "password_incorrect": _("The present password is wrong."),
            "password_mismatch": _("The two passwords differ. Type the same one twice."),
        }

"""Forms of the system administrator: finding, opening and editing accounts, appointing, ending posts."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dates.bounds import Days
from orgs.actor import Actor
from orgs.models import Organisation, Post, User
from orgs.pages import search
from orgs.pages.fields import DayField, OrganisationField
from orgs.pages.forms import Styled, Versioned
from orgs.pages.secrecy import KeepsSecretsOut, PastedField
from orgs.people.administration import people_of
from orgs.rules import GRASSROOTS, Kind, Role
from sheets import clipboard

STATES = [
    ("", gettext_lazy("Every account")),
    ("open", gettext_lazy("In use")),
    ("waiting", gettext_lazy("Not opened yet")),
    ("closed", gettext_lazy("Deactivated")),
    ("idle", gettext_lazy("Without a post today")),
]
Choices = Sequence[tuple[str, str | Promise]]
MANY = 200  # lines pasted at once
_PASTED = 6  # columns of a pasted line
_COMMA = re.compile(r"[,，]")


class OrganisationChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The larger organisations, for narrowing a list to one of them and all below it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.none(), required=False, **kwargs)

    def narrow(self, actor: Actor) -> None:
        """Offer those of the administrator's own part of the tree."""
        kinds = frozenset(Kind) - GRASSROOTS
        self.queryset = Organisation.objects.visible_to(actor).filter(kind__in=kinds).order_by("path")


class PeopleFilter(Styled, forms.Form):
    """Which people the list shows."""

    q = forms.CharField(
        label=gettext_lazy("Name, user name or phone"), required=False, max_length=60, widget=forms.SearchInput
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", gettext_lazy("Every role")), *Role.choices]
    )
    organisation = OrganisationChoice(
        label=gettext_lazy("Organisation and below"), empty_label=gettext_lazy("Everywhere")
    )
    state = forms.ChoiceField(label=gettext_lazy("Account"), required=False, choices=STATES)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].narrow(actor)  # type: ignore[attr-defined]


class PostsFilter(Styled, forms.Form):
    """Which posts the list of roles shows."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", gettext_lazy("Every role")), *Role.choices]
    )
    organisation = OrganisationChoice(
        label=gettext_lazy("Organisation and below"), empty_label=gettext_lazy("Everywhere")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].narrow(actor)  # type: ignore[attr-defined]


class PostForm(Styled, forms.Form):
    """A post to be given."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[("", "---------"), *Role.choices])
    organisation = OrganisationField(label=gettext_lazy("Organisation"))
    title = forms.CharField(
        label=gettext_lazy("Position"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As the person is called, if the role's name does not fit."),
    )
    since = DayField(kind=Days.HELD, label=gettext_lazy("From"))
    until = DayField(
        kind=Days.HELD,
        label=gettext_lazy("To"),
        required=False,
        help_text=gettext_lazy("The last day; an inspector's post needs one."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.visible_to(actor).open_on(actor.on)
        self.fields["organisation"].narrow(actor, organisations)  # type: ignore[attr-defined]
        self.fields["since"].initial = actor.on


class PersonForm(Styled, forms.Form):
    """Name, user name and phone of a new person."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=40,
        help_text=gettext_lazy("Letters and digits, for signing in; it cannot be changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)


class NewPersonForm(PersonForm, PostForm):
    """A new person with the first post."""

    field_order = ("name", "username", "phone", "role", "organisation", "title", "since", "until")


class EditPersonForm(Versioned, forms.Form):
    """Name and phone of a person."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)


class PersonField(forms.CharField):
    """A person the administrator sees, by user name or by a name only one bears; ``narrow(people)`` first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)
        self.people: QuerySet[User] = User.objects.none()

    def narrow(self, people: QuerySet[User]) -> None:
        """Accept these people."""
        self.people = people

    def clean(self, value: Any) -> User | None:
        """The person meant. Raises ``ValidationError`` that says what to type."""
        text = unicodedata.normalize("NFKC", super().clean(value)).strip()
        if not text:
            return None
        written = re.search(r"\(([^()]+)\)$", text)
        found = list(self.people.filter(username=written.group(1) if written else text)[:1])
        found = found or list(self.people.filter(name=text).order_by("username")[:4])
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(f"{person.name}({person.username})" for person in found)
            raise ValidationError(_("Several people are called so: %(names)s. Type the user name.") % {"names": names})
        raise ValidationError(_("There is nobody called “%(text)s” here. Type a name or a user name.") % {"text": text})


class EndPostForm(Styled, forms.Form):
    """The last day of a post and who follows."""

    on = DayField(kind=Days.HELD, label=gettext_lazy("Last day"))
    successor = PersonField(
        label=gettext_lazy("Successor or stand-in"),
        required=False,
        help_text=gettext_lazy("Name or user name. Drafts and open verifications move to this person."),
        widget=forms.TextInput(attrs={"list": "people-suggested", "autocomplete": "off"}),
    )
    stand_in_until = DayField(
        kind=Days.HELD,
        label=gettext_lazy("Stands in until"),
        required=False,
        help_text=gettext_lazy("Empty for a successor; the last day for a stand-in."),
    )

    def __init__(self, *args: Any, actor: Actor, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(actor).filter(is_active=True).exclude(pk=post.user_id)
        self.fields["successor"].narrow(people)  # type: ignore[attr-defined]
        self.fields["on"].initial = min(post.until or actor.on, actor.on)
        nearby = people.filter(posts__organisation=post.organisation).distinct().order_by("username")
        self.suggested = nearby[:50]


@dataclass(frozen=True)
class PastedPerson:
    """One pasted line: a person and, if the line names one, the first post."""

    number: int
    name: str
    username: str
    phone: str
    role: str
    organisation: Organisation | None
    title: str


class PasteForm(KeepsSecretsOut, Styled, forms.Form):
    """Several people at once, one a line, as copied from a workbook."""

    lines = PastedField(
        label=gettext_lazy("One person a line"),
        help_text=gettext_lazy(
            "Name, user name, phone, role, organisation (name or code), title; "
            "separated by tabs, as copied from Excel, or commas."
        ),
        max_length=clipboard.LONGEST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = Organisation.objects.visible_to(actor).open_on(actor.on)

    def clean_lines(self) -> list[PastedPerson]:
        """The people. Raises ``ValidationError`` that names every faulty line."""
        self.look_at_text(self.cleaned_data["lines"])
        people, faults = [], []
        rows = enumerate(clipboard.rows(self.cleaned_data["lines"]), 1)
        numbered = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
        if len(numbered) > MANY:
            raise ValidationError(_("At most %(count)s lines at once.") % {"count": MANY})
        for number, line in numbered:
            try:
                people.append(self._person(line if len(line) > 1 else _COMMA.split(line[0]), number))
            except ValidationError as error:
                faults += [at_line(number, message) for message in error.messages]
        if faults:
            raise ValidationError(faults)
        return people

    def _person(self, row: Sequence[str], number: int) -> PastedPerson:
        cells = [clipboard.one_line(cell) for cell in row]
        if any(cells[_PASTED:]):
            raise ValidationError(_("more than %(count)s columns: copy these alone") % {"count": _PASTED})
        name, username, phone, role, place, title = [*cells, *[""] * 6][:6]
        if not name or not username:
            raise ValidationError(_("a name and a user name are needed"))
        for text, most in ((name, 60), (phone, 30), (title, 60)):
            if len(text) > most:
                raise ValidationError(
                    _("“%(text)s” is longer than %(count)s characters") % {"text": text, "count": most}
                )
        found = search.one(place, self.organisations) if place else None
        if place and found is None:
            raise ValidationError(_("“%(place)s” names no organisation, or several; write its code") % {"place": place})
        if bool(role) != bool(place):
            raise ValidationError(_("role and organisation belong together"))
        return PastedPerson(number, name, username, phone, _role(role), found, title)


def at_line(number: int, message: str) -> str:
    """A fault with its line."""
    return _("Line %(number)s: %(message)s") % {"number": number, "message": message}


def _role(text: str) -> str:
    """The role's code, from its code or its name in the language of the page."""
    if not text:
        return ""
    for code, words in Role.choices:
        if text in {code, str(words)}:
            return code
    raise ValidationError(_("“%(text)s” is no role") % {"text": text})

"""Form fields of our own: an organisation picked by name, initials or code, never from thousands of options."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dates.bounds import Days, Within
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import requested, search


class DayField(forms.DateField):
    """A day within the bounds of its kind (``dates.bounds``)."""

    def __init__(self, *, kind: Days = Days.PLANNED, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(Within(kind))


class KeysField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows; a key that no database could hold is as unknown as any other."""

    def _check_values(self, value: Any) -> Any:
        wrong = next((each for each in value if requested.key(each) is None), None)
        if wrong is not None:
            raise ValidationError(
                self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(wrong)[:40]}
            )
        return super()._check_values(value)  # type: ignore[misc]  # the one place Django looks at what was sent


def label_of(organisation: Organisation) -> str:
    """An organisation as the picker's text box shows it: name and code."""
    return f"{organisation.name} ({organisation.code})"


class OrganisationPicker(forms.TextInput):
    """A text box that suggests organisations; without scripts one types a code or a full name."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.queryset: QuerySet[Organisation] = Organisation.objects.none()
        self.kinds: Collection[str] = ()
        self.departments = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The text as typed and the key a suggestion left, as ``(key, text)``; a lone value is a key."""
        key, text = data.get(name, ""), data.get(f"{name}_text")
        if text is None:
            return key
        return (key, text.strip())

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether neither text nor key was sent."""
        return name not in data and f"{name}_text" not in data

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The hidden key, the text box and the empty list of suggestions."""
        key, text = self._shown(value)
        built = self.build_attrs(self.attrs, dict(attrs or {}))
        context = {
            "name": name,
            "key": key,
            "text": text,
            "id": built.pop("id", f"id_{name}"),
            "attrs": {n: v for n, v in built.items() if n not in {"class", "type"}},
            "url": self._url(),
        }
        return render_to_string("components/organisation_picker.html", context)

    def _url(self) -> str:
        url = reverse("organisation_suggest")
        if self.departments:
            return f"{url}?reach=departments"
        return f"{url}?kinds={','.join(sorted(self.kinds))}" if self.kinds else url

    def _shown(self, value: Any) -> tuple[Any, str]:
        if isinstance(value, tuple):
            return value
        if isinstance(value, Organisation):
            return value.pk, label_of(value)
        row = self.queryset.filter(pk=requested.key(value) or 0).first()
        return (row.pk, label_of(row)) if row else ("", "")


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organisation the person may see: call ``narrow(actor)`` in the form's ``__init__``.

    ``kinds`` limits what is suggested and accepted.
    """

    widget = OrganisationPicker

    def __init__(self, *, kinds: Collection[str] = (), **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Organisation.objects.none())
        super().__init__(**kwargs)
        self.kinds = kinds

    def narrow(self, actor: Actor | None, rows: QuerySet[Organisation] | None = None) -> None:
        """Accept and suggest only what the actor may see; ``rows`` narrows further."""
        found = rows if rows is not None else Organisation.objects.all()
        found = found & Organisation.objects.visible_to(actor)
        self.queryset = found.filter(kind__in=self.kinds) if self.kinds else found
        self.widget.queryset = self.queryset
        self.widget.kinds = self.kinds

    def offer_departments(self, actor: Actor | None) -> None:
        """Accept and suggest the departments of the actor's county, which everybody in it may name."""
        self.queryset = search.departments(actor)
        self.widget.queryset = self.queryset
        self.widget.departments = True

    def clean(self, value: Any) -> Organisation | None:
        """The organisation meant. Raises ``ValidationError`` that says what to type."""
        key, text = value if isinstance(value, tuple) else (value, None)
        if text == "" or (text is None and not key):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = self._by_key(key)
        if text and (found is None or text != label_of(found)):
            found = search.one(text, self._rows())
        if found is None:
            raise ValidationError(
                _(
                    "“%(text)s” is none of the organisations you may choose here. "
                    "Type part of the name and pick one, or type its code."
                )
                % {"text": text or key},
                code="unknown",
            )
        return found

    def _rows(self) -> QuerySet[Organisation]:
        return self.queryset if self.queryset is not None else Organisation.objects.none()

    def _by_key(self, key: Any) -> Organisation | None:
        return self._rows().filter(pk=found).first() if (found := requested.key(key)) else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another organisation was picked."""
        key = data[0] if isinstance(data, tuple) else data
        return str(getattr(initial, "pk", initial) or "") != str(key or "")

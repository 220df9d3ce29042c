"""Settings that belong to an organisation: thresholds and switches of the apps, the nearest organisation's value wins.

An app declares each in ``apps.ready()``, and asks for it wherever it acts (``orgs.county.option_values``)::

    options.declare("tasks.near", _("near from"), 3, field=lambda: forms.IntegerField(min_value=0, max_value=30),
                    help=_("Working days before the date."), section=_("Lights"))
    actor.options["tasks.near"]; option_values.of(organisation)["tasks.near"]

A county keeps its values on one page, for its whole subtree; what it does not set holds as the organisation above it
says, and else as declared. Values are kept as JSON and come back as the field's own type.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from records.changes import Writer, plain

Words = str | Promise
OnChange = Callable[[Writer, Any, "Options", Any], None]  # the organisation and the actor stand above this module


@dataclass(frozen=True)
class Option:
    """One option as its app declared it."""

    key: str
    label: Words
    default: Any
    field: Callable[[], forms.Field]
    help: Words = ""
    section: Words = ""
    on_change: OnChange | None = None

    def made(self) -> forms.Field:
        """A form field for it, in words."""
        made = self.field()
        made.label, made.help_text = str(self.label), str(self.help)
        return made

    def words(self, value: Any) -> str:
        """A value as people read it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        choices = {str(code): str(label) for code, label in getattr(self.field(), "choices", ())}
        listed = value if isinstance(value, list | tuple) else [value]
        return "、".join(choices.get(str(each), str(each)) for each in listed)

    def read(self, stored: Any) -> Any:
        """A stored value as the field's own type. Raises ``ValidationError`` when it is none any more."""
        return self.field().clean(stored)


_declared: dict[str, Option] = {}


def declare(
    key: str,
    label: Words,
    default: Any,
    *,
    field: Callable[[], forms.Field],
    help: Words = "",
    section: Words = "",
    on_change: OnChange | None = None,
) -> None:
    """Declare an option; the same key replaces the old one.

    ``on_change(changes, organisation, options, actor)`` is called once within the change set that changes a value, to
    write what follows from it at and below the organisation; it goes back with the same undo, which then asks anew.
    Organisations below that set a value of their own are its business to leave alone (``option_values.Everywhere``).
    """
    _declared[key] = Option(key, label, default, field, help, section, on_change)


def declared() -> list[Option]:
    """Every option, section by section, in the order of declaration."""
    sections = list(dict.fromkeys(str(option.section) for option in _declared.values()))
    return sorted(_declared.values(), key=lambda option: sections.index(str(option.section)))


class Options(Mapping[str, Any]):
    """The values in force at one organisation; what nobody set is as declared."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self._stored = stored
        self._read: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._read:
            self._read[key] = self._value(_declared[key])
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_declared)

    def __len__(self) -> int:
        return len(_declared)

    def _value(self, option: Option) -> Any:
        if option.key not in self._stored:
            return option.default
        try:
            return option.read(self._stored[option.key])
        except ValidationError:
            return option.default  # the app has narrowed what may be set


def kept(value: Any) -> Any:
    """A value as it is stored."""
    return [plain(each) for each in value] if isinstance(value, list | tuple) else plain(value)

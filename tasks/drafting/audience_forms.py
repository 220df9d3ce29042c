"""The form that chooses who gets a task."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages.fields import OrganisationField
from orgs.rules import ABOVE, Kind, VillageClass
from tasks.audience import Audience
from tasks.uploads.forms import carry

NAMES = ("kinds", "classes", "townships", "picked", "left_out")


class Chip(NamedTuple):
    """One choice as a chip: a check box and its label."""

    id: str
    name: str
    value: str
    label: str | Promise
    checked: bool


class AudienceForm(forms.Form):
    """Kinds, classes and townships as chips; single organisations added or left out by name.

    Unbound it shows ``chosen``. ``pick`` and ``leave`` take the organisation typed in ``one`` into the choice.
    """

    one = OrganisationField(label=gettext_lazy("One organisation"), required=False)

    def __init__(self, data: Any = None, *, actor: Actor, chosen: Audience | None = None, action: str = "") -> None:
        super().__init__(data)
        self.actor = actor
        self.audience = (
            Audience.from_json({name: data.getlist(name) for name in NAMES}) if data else chosen or Audience()
        )
        field = self.fields["one"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.narrow(actor, Organisation.objects.open_on(actor.on).exclude(kind__in=ABOVE))
        if data and action in {"pick", "leave"}:
            self._take(action)

    def _take(self, action: str) -> None:
        """Move the organisation typed into the choice, and empty the box."""
        if not self.is_valid():
            return
        one = self.cleaned_data["one"]
        if one is None:
            self.add_error("one", _("Type a name and pick an organisation first."))
            return
        kept = self.audience.to_json()
        picked = [key for key in self.audience.picked if key != one.pk]
        left_out = [key for key in self.audience.left_out if key != one.pk]
        (picked if action == "pick" else left_out).append(one.pk)
        self.audience = Audience.from_json({**kept, "picked": picked, "left_out": left_out})
        carry(self, {"one": "", "one_text": ""})

    def chips(self) -> dict[str, list[Chip]]:
        """All choices by name: the kinds there are in reach, the classes, the townships, and those named singly."""
        reach = Organisation.objects.visible_to(self.actor).open_on(self.actor.on)
        kinds = set(reach.order_by().values_list("kind", flat=True).distinct()) - ABOVE
        townships = reach.operating().order_by("path")
        chosen = self.audience
        single = {row.pk: row for row in reach.filter(Q(pk__in=chosen.picked) | Q(pk__in=chosen.left_out))}
        return {
            "kinds": _chips("kinds", [(k.value, k.label) for k in Kind if k in kinds], chosen.kinds),
            "classes": _chips("classes", VillageClass.choices, chosen.classes),
            "townships": _chips("townships", [(str(row.pk), str(row)) for row in townships], chosen.townships),
            "picked": _chips("picked", [(str(k), str(single[k])) for k in chosen.picked if k in single], chosen.picked),
            "left_out": _chips(
                "left_out", [(str(k), str(single[k])) for k in chosen.left_out if k in single], chosen.left_out
            ),
        }


def _chips(name: str, choices: Iterable[tuple[str, str | Promise]], chosen: Iterable[str | int]) -> list[Chip]:
    on = {str(value) for value in chosen}
    return [Chip(f"{name}-{value}", name, str(value), label, str(value) in on) for value, label in choices]

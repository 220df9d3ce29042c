"""The forms beside the grid: who fills in for which village, an objection and its answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.models import Organisation, Post
from orgs.pages.forms import SeenField, Styled
from orgs.rules import Role
from tasks.grid import sheet
from tasks.models import GridShare, Objection


class SharesForm(Styled, forms.Form):
    """For each village the colleague who fills in for it."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.posts = Post.objects.filter(organisation=actor.organisation, role=Role.TOWNSHIP_ORGANISER)
        self.posts = self.posts.held_on(actor.on).select_related("user")
        owing = sheet.below(actor).open().order_by().values("organisation")
        self.places = list(Organisation.objects.filter(pk__in=owing, closed_on__isnull=True).order_by("path"))
        shares = dict(GridShare.objects.filter(organisation__in=self.places).values_list("organisation_id", "post_id"))
        super().__init__(*args, **kwargs)
        choices = [("", _("everybody")), *((str(post.pk), str(post.user)) for post in self.posts)]
        for place in self.places:
            known = shares.get(place.pk)
            field = forms.ChoiceField(label=str(place), required=False, choices=choices, initial=known or "")
            field.widget.attrs["class"] = "form-select form-select-sm"
            self.fields[f"place-{place.pk}"] = field

    def wanted(self) -> dict[Organisation, Post | None]:
        """Who is to fill in for each village."""
        posts = {str(post.pk): post for post in self.posts}
        return {place: posts.get(self.cleaned_data[f"place-{place.pk}"]) for place in self.places}


class AnswerForm(Styled, forms.Form):
    """The township's answer to an objection."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=[("kept", gettext_lazy("The entry stands")), ("corrected", gettext_lazy("It was corrected"))],
    )

    def __init__(self, *args: Any, seen: Objection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = SeenField(seen)

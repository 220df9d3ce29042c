"""Forms on an assignment: progress, remark, instruction, close-out, sending back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.pages.fields import DayField
from tasks import answers as closing
from tasks.models import Entry, Evidence
from tasks.rules.status import EntryKind
from tasks.steps.forms import TEXT_LENGTH, StepFilesForm, StepForm, area


class VariantForm(StepForm):
    """Which kind of work it is (新建, 改扩建)."""

    variant = forms.ChoiceField(label=_("Which kind of work is it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["variant"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        self.kinds = self.assignment.task.variants
        field.choices = [(kind, kind) for kind in self.kinds]
        field.initial = self.assignment.variant


class RemarkForm(StepFilesForm):
    """A remark, or the answer to an instruction."""

    text = forms.CharField(label=_("Remark"), max_length=TEXT_LENGTH, widget=area(2))
    answers = forms.ModelChoiceField(
        label=_("Answers the instruction"), required=False, queryset=Entry.objects.none(), empty_label=_("none")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instructions = self.assignment.entries.filter(kind=EntryKind.INSTRUCTION)
        answers = self.fields["answers"]
        assert isinstance(answers, forms.ModelChoiceField)  # for the type checker
        answers.queryset = instructions
        if not instructions:
            del self.fields["answers"]


class InstructForm(StepForm):
    """An instruction with the day by which it is to be answered."""

    text = forms.CharField(label=_("Instruction"), max_length=TEXT_LENGTH, widget=area(3))
    reply_due_on = DayField(label=_("Reply by"))

    def clean_reply_due_on(self) -> Any:
        """The reply lies ahead."""
        day = self.cleaned_data["reply_due_on"]
        if day < self.actor.on:
            raise forms.ValidationError(_("This day has passed. Choose today or later."))
        return day


class RequestCloseForm(StepFilesForm):
    """The request to close: how it was done, and what shows it."""

    result = forms.CharField(label=_("How it was done"), max_length=TEXT_LENGTH, widget=area(3))
    responsible = forms.CharField(label=_("Person responsible"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = closing.default_person(self.assignment, self.actor)
        self.fields["responsible"].initial = person.name
        self.fields["responsible"].help_text = person.source
        if self.assignment.result:
            self.fields["result"].initial = self.assignment.result  # sent back or reopened: what was said stands
        wanted = self.assignment.task.evidence_wanted
        if wanted:
            shown = Evidence.objects.filter(entry__assignment=self.assignment).exists()
            self.fields["files"].label = _("Evidence asked for: %(wanted)s") % {"wanted": wanted}
            self.fields["files"].required = not shown  # said on the page; the action refuses


class ReasonForm(StepForm):
    """Sending back or reopening, with the reason."""

    reason = forms.CharField(label=_("What is still missing"), max_length=500, widget=area(2))

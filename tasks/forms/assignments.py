"""Forms on an assignment: progress, remark, instruction, close-out, sending back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.forms.looks import Versioned
from orgs.scope import Actor
from tasks import permissions
from tasks.forms.files import KeepsFiles
from tasks.models import Assignment, Entry, Evidence
from tasks.refusals import StepRefused
from tasks.rules import EntryKind, Learned

TEXT_LENGTH = 2000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StepForm(Versioned, forms.Form):
    """A step on an assignment: nothing but the version that was seen."""

    def __init__(self, *args: Any, actor: Actor, assignment: Assignment, **kwargs: Any) -> None:
        kwargs.setdefault("seen", assignment.version)
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.assignment = assignment

    def refuse(self, refused: StepRefused) -> None:
        """Say why the step cannot be taken, beside the field to put right if there is one."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class StepFilesForm(KeepsFiles, StepForm):
    """A step with files."""


class ReportForm(StepFilesForm):
    """Progress: a percent, words, and how it was learned when it is about another organisation."""

    percent = forms.IntegerField(
        label=_("Percent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Leave it empty if it did not change."),
    )
    text = forms.CharField(label=_("How far it is"), required=False, max_length=TEXT_LENGTH, widget=_area(3))
    learned = forms.ChoiceField(label=_("How you learned it"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        learned = self.fields["learned"]
        assert isinstance(learned, forms.ChoiceField)  # for the type checker
        learned.choices = Learned.choices
        if permissions.enters_for_another(self.actor, self.assignment):
            learned.required = True
        else:
            del self.fields["learned"]
        self.fields["percent"].widget.attrs.update({"inputmode": "numeric", "class": "form-control num"})


class RemarkForm(StepFilesForm):
    """A remark, or the answer to an instruction."""

    text = forms.CharField(label=_("Remark"), max_length=TEXT_LENGTH, widget=_area(2))
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

    text = forms.CharField(label=_("Instruction"), max_length=TEXT_LENGTH, widget=_area(3))
    reply_due_on = forms.DateField(label=_("Reply by"))

    def clean_reply_due_on(self) -> Any:
        """The reply lies ahead."""
        day = self.cleaned_data["reply_due_on"]
        if day < self.actor.on:
            raise forms.ValidationError(_("This day has passed. Choose today or later."))
        return day


class RequestCloseForm(StepFilesForm):
    """The request to close: how it was done, and what shows it."""

    result = forms.CharField(label=_("How it was done"), max_length=TEXT_LENGTH, widget=_area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = self.assignment.task.evidence_wanted
        if wanted:
            shown = Evidence.objects.filter(entry__assignment=self.assignment).exists()
            self.fields["files"].label = _("Evidence asked for: %(wanted)s") % {"wanted": wanted}
            self.fields["files"].required = not shown  # said on the page; the action refuses


class ReasonForm(StepForm):
    """Sending back or reopening, with the reason."""

    reason = forms.CharField(label=_("What is still missing"), max_length=500, widget=_area(2))

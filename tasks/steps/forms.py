"""What forms of a step on an assignment share: the version that was seen, files, and a refusal beside its field."""

from typing import Any

from django import forms

from orgs.actor import Actor
from orgs.pages.forms import Versioned
from tasks.models import Assignment
from tasks.refusals import StepRefused
from tasks.uploads.forms import KeepsFiles

TEXT_LENGTH = 2000


def area(rows: int) -> forms.Textarea:
    """A text area so many rows high."""
    return forms.Textarea(attrs={"rows": rows})


class StepForm(Versioned, forms.Form):
    """A step on an assignment: nothing but the version that was seen."""

    def __init__(self, *args: Any, actor: Actor, assignment: Assignment, **kwargs: Any) -> None:
        kwargs.setdefault("seen", assignment)
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.assignment = assignment

    def refuse(self, refused: StepRefused) -> None:
        """Say why the step cannot be taken, beside the field to put right if there is one."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class StepFilesForm(KeepsFiles, StepForm):
    """A step with files."""

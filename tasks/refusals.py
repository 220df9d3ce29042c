"""Why a step cannot be taken now, in a sentence for the person who tried."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.rules import status as rules
from tasks.rules.status import Status, Step


class StepRefused(Exception):
    """The step does not fit where things stand; ``field`` names the form field to put right, if there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class AnswersMissing(StepRefused):
    """A task cannot be issued while some of its seven questions have no answer; ``names`` are the fields."""

    def __init__(self, names: Sequence[str]) -> None:
        named = "、".join(str(question(name)) for name in names)
        super().__init__(_("Before it can be issued, answer: %(questions)s") % {"questions": named})
        self.names = list(names)


def question(name: str) -> object:
    """The question behind a field, for people."""
    return rules.QUESTIONS.get(name) or _MORE[name]


_MORE = {
    "measures": gettext_lazy("Which measures?"),
    "unit": gettext_lazy("Counted in which unit?"),
    "target": gettext_lazy("How much for the county?"),
    "stages": gettext_lazy("Which milestones?"),
    "every": gettext_lazy("How often?"),
}


_INSTEAD = {
    Status.ISSUED: gettext_lazy("It was issued and nothing was reported yet."),
    Status.RECEIVED: gettext_lazy("It was received and nothing was reported yet."),
    Status.IN_PROGRESS: gettext_lazy("It is in progress and no close-out is requested."),
    Status.REQUESTED: gettext_lazy("Its close-out is requested and waits for verification; send it back to go on."),
    Status.RETURNED: gettext_lazy("It was sent back; report progress or request close-out again."),
    Status.CLOSED: gettext_lazy("It is closed already; the county can reopen it."),
    Status.WITHDRAWN: gettext_lazy("It was withdrawn: nothing is owed any more."),
}


def reason(status: str) -> str:
    """Where an assignment stands, as the reason why a step does not fit."""
    return str(_INSTEAD[Status(status)])


def require_step(status: str, step: Step) -> None:
    """Go on when the step fits the status. Raises ``StepRefused`` otherwise."""
    if not rules.may_step(status, step):
        raise StepRefused(reason(status))

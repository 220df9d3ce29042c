"""Taking one step from a form: whatever cannot be done comes back beside the field, with what was typed."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages

from orgs.pages import doors
from records.changes import Conflict
from supervision.forms.pressing import StepForm
from supervision.refusals import Refused


def taken(
    request: doors.BusinessRequest,
    form: StepForm,
    attempt: Callable[[dict[str, Any]], object],
    done: str,
    *,
    stored: Sequence[str] = (),
) -> bool:
    """Whether the form was sent and the attempt went well; ``stored`` are fields shown when somebody was faster."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        attempt(form.cleaned_data)
    except Refused as refused:
        form.refuse(refused)
    except Conflict as conflict:
        form.tell_conflict(conflict.current, {name: getattr(conflict.current, name) for name in stored})
    else:
        messages.success(request, done)
        return True
    return False

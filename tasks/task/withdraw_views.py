"""The door that withdraws a whole task."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orgs.pages import doors
from orgs.scope import require
from records.changes import Conflict
from tasks import finding, permissions
from tasks.due_dates.forms import WithdrawTaskForm
from tasks.giving import withdraw_actions
from tasks.giving.effects import Effect, NotShown
from tasks.models import Assignment
from tasks.rules.status import Status


@doors.business
def withdraw_task(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Withdraw a whole task, after showing how many organisations have it."""
    task = finding.task(request, pk)
    require(permissions.may_withdraw_task(request.actor, task))
    form = WithdrawTaskForm(request.POST or None, seen=task)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            words = {"reason": sent["reason"], "expected": sent["version"]}
            words["confirmed"] = request.POST.get("confirmed", "")
            record = withdraw_actions.withdraw_task(task, by=request.actor, **words)
        except Conflict:
            form.add_error(None, _("Somebody has meanwhile changed this. Look it over and save again."))
        except NotShown:
            form.add_error(None, _("Who has it has changed meanwhile. Look at the number and withdraw again."))
        else:
            messages.success(request, _("The task is withdrawn; it stands with its reason and counts nowhere."))
            return redirect("change_undo", pk=record.pk)
    rows = Assignment.objects.visible_to(request.actor).filter(task=task)
    effect = Effect(withdrawn=frozenset(rows.open().values_list("organisation", flat=True)))
    context = {
        "task": task,
        "form": form,
        "effect": effect,
        "open": len(effect.withdrawn),
        "closed": rows.filter(status=Status.CLOSED).count(),
    }
    return render(request, "tasks/task/withdraw.html", context, status=422 if form.errors else 200)

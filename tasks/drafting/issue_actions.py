"""Issuing many tasks at once: one change set, in the background when a person starts it."""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.actor import Actor
from records import work
from records.changes import change_set
from records.models import ChangeSet
from records.work import Progress
from tasks.drafting import readiness
from tasks.drafting.actions import give_out
from tasks.giving.effects import NotShown
from tasks.lights import stored
from tasks.models import Task
from tasks.refusals import AnswersMissing, StepRefused, question
from tasks.rules.status import TaskStatus

WORK = "tasks.issue_many"
Each = Callable[[int, int], None]


@transaction.atomic
def issue_many(
    tasks: Sequence[Task],
    *,
    by: Actor,
    each: Each = lambda done, total: None,
    note: str = "",
    shown: Mapping[str, str] | None = None,
) -> tuple[ChangeSet, int]:
    """Issue drafts together, all or none; the change set and how many assignments were given.

    ``each`` is told how many tasks of how many are through; ``shown`` are the tokens of who gets each task (by key) as
    a person saw it. Raises ``StepRefused`` that names what is not ready,
    ``PermissionDenied``.
    """
    _require_ready(tasks)
    numbers, given = stored.numbers_of(by.county), 0
    with change_set("tasks.issue_many", by=by, note=note) as changes:
        for number, task in enumerate(tasks, start=1):
            try:
                given += give_out(changes, task, by=by, numbers=numbers, confirmed=(shown or {}).get(str(task.pk)))
            except NotShown as now:
                text = _(
                    "“%(title)s” would now be issued to others than were shown, %(count)s in all. Nothing was issued."
                )
                raise StepRefused(text % {"title": task.title, "count": len(now.effect.issued)}) from now
            except StepRefused as refused:
                text = _("“%(title)s” cannot be issued: %(reason)s Nothing was issued.")
                raise StepRefused(text % {"title": task.title, "reason": refused}) from refused
            changes.flush()
            each(number, len(tasks))
    return changes.record, given


def _require_ready(tasks: Sequence[Task]) -> None:
    """Name every task that is no draft any more or lacks an answer, before anything is written."""
    faults = []
    for task in tasks:
        missing = readiness.missing(task)
        if task.status != TaskStatus.DRAFT:
            faults.append(_("“%(title)s” is no draft any more.") % {"title": task.title})
        elif missing:
            named = "、".join(str(question(name)) for name in missing)
            faults.append(_("“%(title)s” still lacks: %(answers)s") % {"title": task.title, "answers": named})
    if not tasks:
        raise StepRefused(_("Choose at least one draft."))
    if faults:
        raise StepRefused(" ".join(faults))


def run(actor: Actor, arguments: work.Arguments, progress: Progress) -> work.Result:
    """The background work: the drafts of ``tasks`` by key."""
    rows = Task.objects.visible_to(actor).filter(pk__in=arguments["tasks"])
    tasks = list(rows.select_related("theme__programme__organisation", "organisation").order_by("due_on", "pk"))
    if len(tasks) < len(arguments["tasks"]):
        raise work.Refused(_("Some of the drafts are gone. Look at the list again."))
    with transaction.atomic():
        try:
            note, shown = str(arguments.get("note", "")), arguments.get("shown")
            record, given = issue_many(tasks, by=actor, each=progress.set, note=note, shown=shown)
        except (StepRefused, AnswersMissing) as refused:
            raise work.Refused(str(refused)) from refused
        words = {"count": len(tasks), "given": given}
        message = ngettext(
            "%(count)s task issued: %(given)s assignments. The next page shows them and can take them back.",
            "%(count)s tasks issued: %(given)s assignments. The next page shows them and can take them back.",
            len(tasks),
        )
        result = {"message": message % words, "url": reverse("change_undo", args=[record.pk])}
        progress.keep(result)
    return result

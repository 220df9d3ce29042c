"""Doors of tasks: the list, a task's page."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import doors, paging, requested
from tasks import finding, looks, permissions
from tasks.audience import Audience
from tasks.drafting import actions
from tasks.drafting.forms import TaskFilter
from tasks.facts import progress
from tasks.giving.effects import Effect
from tasks.lights import sql
from tasks.lists import batches, listing
from tasks.looks import STAGED
from tasks.models import Assignment, Task, TaskUnit
from tasks.rules.status import Light, Shape, Status, TaskStatus
from tasks.splits import reading as splits_reading

SHOWN_LIGHTS = (Light.LATE, Light.SOON, Light.LAG, Light.FINE, Light.DONE)


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The tasks the actor sees, with what became of them in the actor's scope."""
    chosen = TaskFilter(request.GET, actor=request.actor)
    tasks = _narrowed(Task.objects.visible_to(request.actor), chosen.wanted, request)
    unfinished = Assignment.objects.visible_to(request.actor).open().filter(task=OuterRef("pk"))
    tasks = tasks.annotate(unfinished=Exists(unfinished)).order_by("-unfinished", "-status", "due_on", "pk")
    tasks = tasks.select_related("theme__programme", "keeper__user")
    page = paging.page_of(request, tasks)
    counts = _counts(request, page.object_list)
    context = {
        "filter": chosen,
        "page": page,
        "rows": [(task, counts.get(task.pk)) for task in page],
        "may_issue": permissions.may_issue(request.actor),
    }
    return render(request, "tasks/task/list.html", context)


def _narrowed(tasks: QuerySet[Task], wanted: dict[str, Any], request: doors.BusinessRequest) -> QuerySet[Task]:
    if text := wanted.get("q", "").strip():
        tasks = tasks.filter(Q(title__contains=text) | Q(source_title__contains=text) | Q(source_number__contains=text))
    for name, lookup in [("programme", "theme__programme"), ("theme", "theme"), ("basic", "theme__basic")]:
        if name in wanted:
            tasks = tasks.filter(**{lookup: wanted[name]})
    if wanted.get("status") == "mine":
        return tasks.filter(status=TaskStatus.DRAFT, keeper=request.actor.post)
    return tasks.filter(status=wanted["status"]) if "status" in wanted else tasks


def _counts(request: doors.BusinessRequest, tasks: Any) -> dict[int, dict[str, Any]]:
    """Assignments in the actor's scope by task: all, closed, overdue, to verify."""
    day = request.actor.on
    rows = (
        Assignment.objects.visible_to(request.actor).in_force().filter(task__in=[task.pk for task in tasks]).order_by()
    )
    counted = rows.values("task").annotate(
        total=Count("pk"),
        closed=Count("pk", filter=Q(status=Status.CLOSED)),
        late=Count("pk", filter=sql.late(day)),
        waiting=Count("pk", filter=Q(status=Status.REQUESTED)),
    )
    return {row["task"]: {**row, "percent": row["closed"] * 100 // row["total"]} for row in counted}


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One task: its answers, and the assignments in the actor's scope by township."""
    task = finding.task(request, pk)
    seen = Assignment.objects.visible_to(request.actor).filter(task=task)
    day = request.actor.on
    asked = _asked(task, request.GET)
    shown = listing.rows(request.actor, listing.wanted(asked)).order_by("organisation__path")
    shown_page = paging.page_of(request, shown)
    looks.put_on(shown_page, request.actor)
    townships = (
        Organisation.objects.visible_to(request.actor)
        .filter(operated__assignments__in=seen)
        .distinct()
        .order_by("path")
    )
    counted = {f"light_{light}": Count("pk", filter=sql.shows(light, day)) for light in SHOWN_LIGHTS}
    counted |= {f"status_{status}": Count("pk", filter=Q(status=status)) for status in Status.values}
    counts = seen.order_by().aggregate(total=Count("pk", filter=~Q(status=Status.WITHDRAWN)), **counted)
    context = {
        "task": task,
        "units": [
            (label, task.units.filter(part=part).select_related("organisation"))
            for part, label in TaskUnit.Part.choices
        ],
        "page": shown_page,
        "filter": urlencode(asked),
        "batches": batches.of(request.actor),
        "total": counts["total"],
        "by_light": [(light, light.label, counts[f"light_{light}"]) for light in SHOWN_LIGHTS],
        "by_status": [(status, status.label, counts[f"status_{status}"]) for status in Status],
        "townships": townships,
        "stage_groups": progress.stages_of(task, seen, day) if task.shape in STAGED else [],
        "quantity": progress.quantity_of(task, seen),
        "by_township": splits_reading.by_township(seen) if task.shape == Shape.QUANTITY else [],
        "may_edit": permissions.may_edit(request.actor, task),
        "would_get": _would_get(task, request.actor),
        "reads_split": permissions.reads_split(request.actor, task),
        "may_issue": permissions.may_issue_task(request.actor, task),
        "may_withdraw": permissions.may_withdraw_task(request.actor, task),
        "issues": permissions.may_issue(request.actor),
    }
    return render(request, "tasks/task/page.html", context)


def _would_get(task: Task, actor: Actor) -> Effect:
    """Who a draft would be issued to from its page; nobody for any other task."""
    if task.status != TaskStatus.DRAFT:
        return Effect()
    rows = actions.new_recipients(task, Audience.from_json(task.audience), actor)
    return Effect(issued=frozenset(rows.values_list("pk", flat=True)))


def _asked(task: Task, query: Mapping[str, str]) -> dict[str, str]:
    """The filter of the page as the list of rows understands it; anything not understood narrows nothing."""
    asked = {"task": str(task.pk)}
    for name, known in [("status", Status.values), ("light", Light.values)]:
        if query.get(name) in known:
            asked[name] = query[name]
    if township := requested.key(query.get("township")):
        asked["township"] = str(township)
    for name in ("q", "stage"):
        if text := query.get(name, "").strip():
            asked[name] = text
    return asked

"""The row an address names, through the scope: what the actor may not see is not there."""

from django.shortcuts import get_object_or_404

from orgs.pages import doors
from tasks.models import Assignment, Task


def task(request: doors.BusinessRequest, pk: int) -> Task:
    """The task, if the actor may see it."""
    tasks = Task.objects.visible_to(request.actor)
    tasks = tasks.select_related("theme__programme__organisation", "theme__lead", "keeper__user", "organisation")
    return get_object_or_404(tasks.select_related("keeper__organisation", "source_file"), pk=pk)


def assignment(request: doors.BusinessRequest, pk: int) -> Assignment:
    """The assignment, if the actor may see it."""
    rows = Assignment.objects.visible_to(request.actor)
    rows = rows.select_related("task__theme__programme__organisation", "task__theme__lead", "task__organisation")
    rows = rows.select_related("organisation__township", "task__keeper__user", "requested_by__user")
    return get_object_or_404(rows.prefetch_related("milestones", "task__milestones"), pk=pk)

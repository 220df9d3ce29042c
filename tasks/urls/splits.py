"""URLs of splits."""

from django.urls import path

from tasks.views import quotas

urlpatterns = [
    path("tasks/<key:pk>/quota/", quotas.task, name="task_quota"),
    path("assignments/<key:pk>/quota/", quotas.assignment, name="assignment_quota"),
]

"""URLs of splits."""

from django.urls import path

from tasks.splits import views

urlpatterns = [
    path("tasks/<key:pk>/quota/", views.task, name="task_quota"),
    path("assignments/<key:pk>/quota/", views.assignment, name="assignment_quota"),
]

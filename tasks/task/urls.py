"""URLs of tasks: the list, drafting, issuing, withdrawing."""

from django.urls import path

from tasks.drafting import views as drafting_views
from tasks.task import views, withdraw_views

urlpatterns = [
    path("tasks/", views.index, name="tasks"),
    path("tasks/new/", drafting_views.new, name="task_new"),
    path("tasks/<key:pk>/", views.page, name="task"),
    path("tasks/<key:pk>/edit/", drafting_views.edit, name="task_edit"),
    path("tasks/<key:pk>/issue/", drafting_views.issue, name="task_issue"),
    path("tasks/<key:pk>/discard/", drafting_views.discard, name="task_discard"),
    path("tasks/<key:pk>/withdraw/", withdraw_views.withdraw_task, name="task_withdraw"),
]

"""URLs of tasks: the list, drafting, issuing, withdrawing."""

from django.urls import path

from tasks.views import drafting, tasks, withdrawing

urlpatterns = [
    path("tasks/", tasks.index, name="tasks"),
    path("tasks/new/", drafting.new, name="task_new"),
    path("tasks/<key:pk>/", tasks.page, name="task"),
    path("tasks/<key:pk>/edit/", drafting.edit, name="task_edit"),
    path("tasks/<key:pk>/issue/", drafting.issue, name="task_issue"),
    path("tasks/<key:pk>/discard/", drafting.discard, name="task_discard"),
    path("tasks/<key:pk>/withdraw/", withdrawing.withdraw_task, name="task_withdraw"),
]

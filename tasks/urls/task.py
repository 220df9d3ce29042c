"""URLs of programmes, tasks and assignments."""

from django.urls import path

from tasks.views import assignments, correcting, dates, drafting, programmes, quotas, tasks, verification, years

urlpatterns = [
    path("programmes/", programmes.index, name="programmes"),
    path("programmes/new/", programmes.new, name="programme_new"),
    path("programmes/<int:pk>/", programmes.page, name="programme"),
    path("programmes/<int:pk>/edit/", programmes.edit, name="programme_edit"),
    path("programmes/<int:pk>/year/", years.name_year, name="programme_year"),
    path("programmes/<int:pk>/copy/", years.copy, name="programme_copy"),
    path("programmes/<int:pk>/catalogue/", years.catalogue, name="programme_catalogue"),
    path("programmes/<int:pk>/issue/", years.issue, name="programme_issue"),
    path("programmes/<int:pk>/themes/new/", programmes.theme_new, name="theme_new"),
    path("themes/<int:pk>/edit/", programmes.theme_edit, name="theme_edit"),
    path("tasks/", tasks.index, name="tasks"),
    path("tasks/new/", drafting.new, name="task_new"),
    path("tasks/<int:pk>/", tasks.page, name="task"),
    path("tasks/<int:pk>/edit/", drafting.edit, name="task_edit"),
    path("tasks/<int:pk>/issue/", drafting.issue, name="task_issue"),
    path("tasks/<int:pk>/discard/", drafting.discard, name="task_discard"),
    path("tasks/<int:pk>/withdraw/", dates.withdraw_task, name="task_withdraw"),
    path("tasks/<int:pk>/quota/", quotas.task, name="task_quota"),
    path("assignments/<int:pk>/", assignments.page, name="assignment"),
    path("assignments/<int:pk>/quota/", quotas.assignment, name="assignment_quota"),
    path("assignments/<int:pk>/receive/", assignments.receive, name="assignment_receive"),
    path("assignments/<int:pk>/variant/", assignments.variant, name="assignment_variant"),
    path("assignments/<int:pk>/report/", assignments.report, name="assignment_report"),
    path("assignments/<int:pk>/remark/", assignments.remark, name="assignment_remark"),
    path("assignments/<int:pk>/instruct/", assignments.instruct, name="assignment_instruct"),
    path("assignments/<int:pk>/request-close/", assignments.request_close, name="assignment_request_close"),
    path("assignments/<int:pk>/close/", assignments.close, name="assignment_close"),
    path("assignments/<int:pk>/send-back/", assignments.send_back, name="assignment_send_back"),
    path("assignments/<int:pk>/reopen/", assignments.reopen, name="assignment_reopen"),
    path("assignments/<int:pk>/yield/", assignments.yield_to, name="assignment_yield"),
    path("assignments/<int:pk>/extension/", dates.ask, name="assignment_ask_extension"),
    path("assignments/<int:pk>/correct/", correcting.correct, name="assignment_correct"),
    path("extensions/", dates.queue, name="extensions"),
    path("extensions/decide/", dates.decide, name="extensions_decide"),
    path("verification/", verification.queue, name="verification"),
    path("verification/close/", verification.close_selected, name="verification_close"),
]

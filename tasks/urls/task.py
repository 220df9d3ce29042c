"""URLs of programmes, tasks and assignments."""

from django.urls import path

from tasks.views import assignments, correcting, dates, drafting, programmes, quotas, tasks, verification, years

urlpatterns = [
    path("programmes/", programmes.index, name="programmes"),
    path("programmes/new/", programmes.new, name="programme_new"),
    path("programmes/<key:pk>/", programmes.page, name="programme"),
    path("programmes/<key:pk>/edit/", programmes.edit, name="programme_edit"),
    path("programmes/<key:pk>/year/", years.name_year, name="programme_year"),
    path("programmes/<key:pk>/copy/", years.copy, name="programme_copy"),
    path("programmes/<key:pk>/catalogue/", years.catalogue, name="programme_catalogue"),
    path("programmes/<key:pk>/issue/", years.issue, name="programme_issue"),
    path("programmes/<key:pk>/themes/new/", programmes.theme_new, name="theme_new"),
    path("themes/<key:pk>/edit/", programmes.theme_edit, name="theme_edit"),
    path("tasks/", tasks.index, name="tasks"),
    path("tasks/new/", drafting.new, name="task_new"),
    path("tasks/<key:pk>/", tasks.page, name="task"),
    path("tasks/<key:pk>/edit/", drafting.edit, name="task_edit"),
    path("tasks/<key:pk>/issue/", drafting.issue, name="task_issue"),
    path("tasks/<key:pk>/discard/", drafting.discard, name="task_discard"),
    path("tasks/<key:pk>/withdraw/", dates.withdraw_task, name="task_withdraw"),
    path("tasks/<key:pk>/quota/", quotas.task, name="task_quota"),
    path("assignments/<key:pk>/", assignments.page, name="assignment"),
    path("assignments/<key:pk>/quota/", quotas.assignment, name="assignment_quota"),
    path("assignments/<key:pk>/receive/", assignments.receive, name="assignment_receive"),
    path("assignments/<key:pk>/variant/", assignments.variant, name="assignment_variant"),
    path("assignments/<key:pk>/report/", assignments.report, name="assignment_report"),
    path("assignments/<key:pk>/remark/", assignments.remark, name="assignment_remark"),
    path("assignments/<key:pk>/instruct/", assignments.instruct, name="assignment_instruct"),
    path("assignments/<key:pk>/request-close/", assignments.request_close, name="assignment_request_close"),
    path("assignments/<key:pk>/close/", assignments.close, name="assignment_close"),
    path("assignments/<key:pk>/send-back/", assignments.send_back, name="assignment_send_back"),
    path("assignments/<key:pk>/reopen/", assignments.reopen, name="assignment_reopen"),
    path("assignments/<key:pk>/yield/", assignments.yield_to, name="assignment_yield"),
    path("assignments/<key:pk>/extension/", dates.ask, name="assignment_ask_extension"),
    path("assignments/<key:pk>/correct/", correcting.correct, name="assignment_correct"),
    path("extensions/", dates.queue, name="extensions"),
    path("extensions/decide/", dates.decide, name="extensions_decide"),
    path("verification/", verification.queue, name="verification"),
    path("verification/close/", verification.close_selected, name="verification_close"),
]

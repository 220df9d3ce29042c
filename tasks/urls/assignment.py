"""URLs of one assignment and its steps."""

from django.urls import path

from tasks.views import assignments, steps

urlpatterns = [
    path("assignments/<key:pk>/", assignments.page, name="assignment"),
    path("assignments/<key:pk>/receive/", steps.receive, name="assignment_receive"),
    path("assignments/<key:pk>/variant/", steps.variant, name="assignment_variant"),
    path("assignments/<key:pk>/report/", steps.report, name="assignment_report"),
    path("assignments/<key:pk>/remark/", steps.remark, name="assignment_remark"),
    path("assignments/<key:pk>/instruct/", steps.instruct, name="assignment_instruct"),
    path("assignments/<key:pk>/request-close/", steps.request_close, name="assignment_request_close"),
    path("assignments/<key:pk>/close/", steps.close, name="assignment_close"),
    path("assignments/<key:pk>/send-back/", steps.send_back, name="assignment_send_back"),
    path("assignments/<key:pk>/reopen/", steps.reopen, name="assignment_reopen"),
    path("assignments/<key:pk>/yield/", steps.yield_to, name="assignment_yield"),
    path("assignments/<key:pk>/extension/", steps.ask, name="assignment_ask_extension"),
    path("assignments/<key:pk>/correct/", steps.correct, name="assignment_correct"),
]

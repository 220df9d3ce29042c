"""URLs of one assignment and its steps."""

from django.urls import path

from tasks.assignment import step_views, views

urlpatterns = [
    path("assignments/<key:pk>/", views.page, name="assignment"),
    path("assignments/<key:pk>/receive/", step_views.receive, name="assignment_receive"),
    path("assignments/<key:pk>/variant/", step_views.variant, name="assignment_variant"),
    path("assignments/<key:pk>/report/", step_views.report, name="assignment_report"),
    path("assignments/<key:pk>/remark/", step_views.remark, name="assignment_remark"),
    path("assignments/<key:pk>/instruct/", step_views.instruct, name="assignment_instruct"),
    path("assignments/<key:pk>/request-close/", step_views.request_close, name="assignment_request_close"),
    path("assignments/<key:pk>/close/", step_views.close, name="assignment_close"),
    path("assignments/<key:pk>/send-back/", step_views.send_back, name="assignment_send_back"),
    path("assignments/<key:pk>/reopen/", step_views.reopen, name="assignment_reopen"),
    path("assignments/<key:pk>/yield/", step_views.yield_to, name="assignment_yield"),
    path("assignments/<key:pk>/extension/", step_views.ask, name="assignment_ask_extension"),
    path("assignments/<key:pk>/correct/", step_views.correct, name="assignment_correct"),
]

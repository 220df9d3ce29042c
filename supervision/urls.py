"""URLs of supervision, by noun."""

from django.urls import path

from supervision.views import listing, pressing, talking

urlpatterns = [
    path("supervision/", pressing.orders, name="supervision"),
    path("supervision/urges/", pressing.urges, name="urges"),
    path("supervision/urges/new/", pressing.urge_new, name="urge_new"),
    path("supervision/urges/<key:pk>/", pressing.urge, name="urge"),
    path("supervision/orders/", pressing.orders, name="orders"),
    path("supervision/orders/new/", pressing.order_new, name="order_new"),
    path("supervision/orders/<key:pk>/", pressing.order, name="order"),
    path("supervision/orders/<key:pk>/reply/", pressing.order_reply, name="order_reply"),
    path("supervision/orders/<key:pk>/close/", pressing.order_close, name="order_close"),
    path("supervision/talks/", talking.talks, name="talks"),
    path("supervision/talks/new/", talking.talk_new, name="talk_new"),
    path("supervision/talks/<key:pk>/", talking.talk, name="talk"),
    path("supervision/matters/", talking.blockers, name="blockers"),
    path("supervision/matters/new/", talking.blocker_new, name="blocker_new"),
    path("supervision/matters/<key:pk>/", talking.blocker, name="blocker"),
    path("supervision/matters/<key:pk>/answer/", talking.blocker_answer, name="blocker_answer"),
    path("supervision/matters/<key:pk>/pass/", talking.blocker_pass, name="blocker_pass"),
    path("supervision/matters/<key:pk>/settle/", talking.blocker_settle, name="blocker_settle"),
    path("supervision/instructions/", talking.instructions, name="instructions"),
    path("supervision/samples/", listing.samples, name="samples"),
    path("supervision/samples/<key:pk>/", listing.sample, name="sample"),
    path("supervision/rechecks/<key:pk>/", listing.recheck, name="recheck"),
    path("problems/", listing.problems, name="problems"),
    path("problems/export/", listing.problems_export, name="problems_export"),
    path("problems/new/", listing.problem_new, name="problem_new"),
    path("problems/<key:pk>/", listing.problem, name="problem"),
    path("problems/<key:pk>/edit/", listing.problem_edit, name="problem_edit"),
    path("problems/<key:pk>/solve/", listing.problem_solve, name="problem_solve"),
    path("problems/<key:pk>/tasks/new/", listing.remedy_new, name="remedy_new"),
    path("problems/tasks/<key:pk>/edit/", listing.remedy_edit, name="remedy_edit"),
    path("problems/tasks/<key:pk>/remove/", listing.remedy_remove, name="remedy_remove"),
]

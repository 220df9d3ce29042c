"""URLs of what villages owe."""

from django.urls import path

from tasks.villages import views

urlpatterns = [
    path("grid/shares/", views.shares, name="grid_shares"),
    path("village/", views.home, name="village_home"),
    path("villages/print/", views.month_print, name="villages_print"),
    path("villages/<key:pk>/", views.page, name="village"),
    path("entries/<key:pk>/object/", views.object_to, name="entry_object"),
    path("objections/", views.objections, name="objections"),
    path("objections/<key:pk>/answer/", views.answer, name="objection_answer"),
]

"""URLs of what villages owe."""

from django.urls import path

from tasks.views import villages

urlpatterns = [
    path("grid/shares/", villages.shares, name="grid_shares"),
    path("village/", villages.home, name="village_home"),
    path("villages/print/", villages.month_print, name="villages_print"),
    path("villages/<key:pk>/", villages.page, name="village"),
    path("entries/<key:pk>/object/", villages.object_to, name="entry_object"),
    path("objections/", villages.objections, name="objections"),
    path("objections/<key:pk>/answer/", villages.answer, name="objection_answer"),
]

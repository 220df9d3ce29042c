"""URLs of organisations."""

from django.urls import path

from orgs.tree import part_views, total_views, views

urlpatterns = [
    path("organisations/", views.index, name="organisations"),
    path("organisations/find/", views.suggest, name="organisation_suggest"),
    path("organisations/totals/", total_views.page, name="organisation_totals"),
    path("organisations/totals/export/", total_views.export, name="organisation_totals_export"),
    path("organisations/<key:pk>/", views.page, name="organisation"),
    path("organisations/<key:pk>/edit/", part_views.edit, name="organisation_edit"),
    path("organisations/<key:pk>/rate/", part_views.rate, name="organisation_rate"),
    path("organisations/<key:pk>/names/new/", part_views.add_name, name="organisation_name_add"),
    path("organisation-names/<key:pk>/remove/", part_views.remove_name, name="organisation_name_remove"),
    path("organisations/<key:pk>/terms/new/", part_views.add_term, name="term_add"),
    path("organisations/<key:pk>/relations/new/", part_views.relate, name="relation_add"),
    path("relations/<key:pk>/end/", part_views.end_relation, name="relation_end"),
]

"""URLs of organisations."""

from django.urls import path

from orgs.views import organisation_parts, organisations, totals

urlpatterns = [
    path("organisations/", organisations.index, name="organisations"),
    path("organisations/find/", organisations.suggest, name="organisation_suggest"),
    path("organisations/totals/", totals.page, name="organisation_totals"),
    path("organisations/totals/export/", totals.export, name="organisation_totals_export"),
    path("organisations/<key:pk>/", organisations.page, name="organisation"),
    path("organisations/<key:pk>/edit/", organisation_parts.edit, name="organisation_edit"),
    path("organisations/<key:pk>/rate/", organisation_parts.rate, name="organisation_rate"),
    path("organisations/<key:pk>/names/new/", organisation_parts.add_name, name="organisation_name_add"),
    path("organisation-names/<key:pk>/remove/", organisation_parts.remove_name, name="organisation_name_remove"),
    path("organisations/<key:pk>/terms/new/", organisation_parts.add_term, name="term_add"),
    path("organisations/<key:pk>/relations/new/", organisation_parts.relate, name="relation_add"),
    path("relations/<key:pk>/end/", organisation_parts.end_relation, name="relation_end"),
]

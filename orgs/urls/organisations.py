"""URLs of organisations, responsibility, history and undo."""

from django.urls import path

from orgs.views import history, organisation_parts, organisations, responsibility, totals

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
    path("organisations/responsibility/", responsibility.index, name="responsibility"),
    path("organisations/responsibility/export/", responsibility.export, name="responsibility_export"),
    path("organisations/responsibility/gaps/", responsibility.gaps, name="responsibility_gaps"),
    path("organisations/responsibility/import/", responsibility.load, name="responsibility_import"),
    path("organisations/responsibility/new/", responsibility.new, name="responsibility_new"),
    path("organisations/responsibility/<key:pk>/edit/", responsibility.edit, name="responsibility_edit"),
    path("organisations/responsibility/<key:pk>/end/", responsibility.end, name="responsibility_end"),
    path("organisations/responsibility/<key:pk>/copy/", responsibility.copy, name="responsibility_copy"),
    path("history/<str:kind>/<key:key>/", history.page, name="history"),
    path("changes/<changeset:pk>/undo/", history.undo, name="change_undo"),
]

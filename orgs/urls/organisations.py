"""URLs of organisations, responsibility, history and undo."""

from django.urls import path

from orgs.views import history, organisation_parts, organisations, responsibility, totals

urlpatterns = [
    path("organisations/", organisations.index, name="organisations"),
    path("organisations/find/", organisations.suggest, name="organisation_suggest"),
    path("organisations/totals/", totals.page, name="organisation_totals"),
    path("organisations/totals/export/", totals.export, name="organisation_totals_export"),
    path("organisations/<int:pk>/", organisations.page, name="organisation"),
    path("organisations/<int:pk>/edit/", organisation_parts.edit, name="organisation_edit"),
    path("organisations/<int:pk>/rate/", organisation_parts.rate, name="organisation_rate"),
    path("organisations/<int:pk>/names/new/", organisation_parts.add_name, name="organisation_name_add"),
    path("organisation-names/<int:pk>/remove/", organisation_parts.remove_name, name="organisation_name_remove"),
    path("organisations/<int:pk>/terms/new/", organisation_parts.add_term, name="term_add"),
    path("organisations/<int:pk>/relations/new/", organisation_parts.relate, name="relation_add"),
    path("relations/<int:pk>/end/", organisation_parts.end_relation, name="relation_end"),
    path("organisations/responsibility/", responsibility.index, name="responsibility"),
    path("organisations/responsibility/export/", responsibility.export, name="responsibility_export"),
    path("organisations/responsibility/gaps/", responsibility.gaps, name="responsibility_gaps"),
    path("organisations/responsibility/import/", responsibility.load, name="responsibility_import"),
    path("organisations/responsibility/new/", responsibility.new, name="responsibility_new"),
    path("organisations/responsibility/<int:pk>/edit/", responsibility.edit, name="responsibility_edit"),
    path("organisations/responsibility/<int:pk>/end/", responsibility.end, name="responsibility_end"),
    path("organisations/responsibility/<int:pk>/copy/", responsibility.copy, name="responsibility_copy"),
    path("history/<str:kind>/<int:key>/", history.page, name="history"),
    path("changes/<changeset:pk>/undo/", history.undo, name="change_undo"),
]

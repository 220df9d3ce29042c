"""URLs of what ledgers ask for."""

from django.urls import path

from ledgers.views import kinds

urlpatterns = [
    path("ledgers/kinds/", kinds.index, name="ledger_kinds"),
    path("ledgers/kinds/new/", kinds.new, name="ledger_kind_new"),
    path("ledgers/kinds/<slug:key>/", kinds.page, name="ledger_kind"),
    path("ledgers/kinds/<slug:key>/propose/", kinds.propose, name="ledger_kind_propose"),
    path("ledgers/kinds/<slug:key>/upload/", kinds.upload, name="ledger_kind_upload"),
    path("ledgers/kinds/<slug:key>/reset/", kinds.reset, name="ledger_kind_reset"),
    path("ledgers/kinds/<slug:key>/columns/", kinds.column_new, name="ledger_column_new"),
    path("ledgers/kinds/<slug:key>/columns/<slug:field>/", kinds.column, name="ledger_column"),
    path("ledgers/kinds/<slug:key>/columns/<slug:field>/remove/", kinds.column_remove, name="ledger_column_remove"),
    path("ledgers/kinds/<slug:key>/columns/<slug:field>/<slug:way>/", kinds.column_move, name="ledger_column_move"),
]

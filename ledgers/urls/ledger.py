"""URLs of the ledgers and of each one's rows."""

from django.urls import path

from ledgers.views import entries, home, rows

urlpatterns = [
    path("ledgers/", home.index, name="ledgers"),
    path("ledgers/standing/", home.export, name="ledgers_export"),
    path("ledgers/<slug:key>/", rows.index, name="ledger"),
    path("ledgers/<slug:key>/export/", rows.export, name="ledger_export"),
    path("ledgers/<slug:key>/missing/", rows.missing, name="ledger_missing"),
    path("ledgers/<slug:key>/blank/", rows.blank, name="ledger_blank"),
    path("ledgers/<slug:key>/reveal/", rows.reveal, name="ledger_reveal"),
    path("ledgers/<slug:key>/new/", entries.new, name="ledger_entry_new"),
]

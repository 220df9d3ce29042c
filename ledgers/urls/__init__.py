"""URLs of ledgers, by noun. Fixed words come before a ledger's key."""

from ledgers.urls import board, entry, imports, kind, ledger, superior

urlpatterns = [
    *entry.urlpatterns,
    *imports.urlpatterns,
    *board.urlpatterns,
    *kind.urlpatterns,
    *superior.urlpatterns,
    *ledger.urlpatterns,
]

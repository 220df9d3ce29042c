"""URLs of ledgers, by noun. Fixed words come before a ledger's key."""

from ledgers.urls import board, entry, kind, ledger

urlpatterns = [*entry.urlpatterns, *board.urlpatterns, *kind.urlpatterns, *ledger.urlpatterns]

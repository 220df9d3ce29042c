"""URLs of ledgers, by noun. Fixed words come before a ledger's key."""

from ledgers.urls import board, entry, ledger

urlpatterns = [*entry.urlpatterns, *board.urlpatterns, *ledger.urlpatterns]

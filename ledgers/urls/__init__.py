"""URLs of ledgers, by noun. Fixed words come before a ledger's key."""

from ledgers.urls import entry, ledger

urlpatterns = [*entry.urlpatterns, *ledger.urlpatterns]

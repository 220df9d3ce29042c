"""URLs of one row."""

from django.urls import path

from ledgers.views import entries

urlpatterns = [
    path("ledgers/entries/<key:pk>/", entries.page, name="ledger_entry"),
    path("ledgers/entries/<key:pk>/edit/", entries.edit, name="ledger_entry_edit"),
    path("ledgers/entries/<key:pk>/link/", entries.link, name="ledger_entry_link"),
    path("ledgers/entries/<key:pk>/promote/", entries.promote, name="ledger_entry_promote"),
    path("ledgers/entries/<key:pk>/delete/", entries.delete, name="ledger_entry_delete"),
]

"""URLs of one row."""

from django.urls import path

from ledgers.views import entries

urlpatterns = [
    path("ledgers/entries/<int:pk>/", entries.page, name="ledger_entry"),
    path("ledgers/entries/<int:pk>/edit/", entries.edit, name="ledger_entry_edit"),
    path("ledgers/entries/<int:pk>/link/", entries.link, name="ledger_entry_link"),
    path("ledgers/entries/<int:pk>/promote/", entries.promote, name="ledger_entry_promote"),
    path("ledgers/entries/<int:pk>/delete/", entries.delete, name="ledger_entry_delete"),
]

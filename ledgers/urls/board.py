"""URLs of the boards drawn from ledgers."""

from django.urls import path

from ledgers.views import boards

urlpatterns = [
    path("ledgers/boards/", boards.index, name="ledger_boards"),
    path("ledgers/boards/<slug:key>/", boards.page, name="ledger_board"),
    path("ledgers/boards/<slug:key>/export/", boards.export, name="ledger_board_export"),
    path("ledgers/boards/<slug:key>/task/", boards.make_task, name="ledger_board_task"),
    path("ledgers/boards/<slug:key>/<slug:figure>/", boards.rows, name="ledger_board_rows"),
]

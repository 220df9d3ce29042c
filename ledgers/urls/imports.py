"""URLs of imports."""

from django.urls import path

from ledgers.views import import_rows, imports

urlpatterns = [
    path("ledgers/imports/", imports.index, name="ledger_imports"),
    path("ledgers/imports/send/", imports.send, name="ledger_import_send"),
    path("ledgers/imports/<int:pk>/", import_rows.page, name="ledger_import"),
    path("ledgers/imports/<int:pk>/headings/", imports.headings, name="ledger_import_headings"),
    path("ledgers/imports/<int:pk>/rows/<slug:address>/", import_rows.row, name="ledger_import_row"),
    path("ledgers/imports/<int:pk>/answers/", imports.answers, name="ledger_import_answers"),
    path("ledgers/imports/<int:pk>/commit/", imports.commit, name="ledger_import_commit"),
    path("ledgers/imports/<int:pk>/undo/", imports.undo, name="ledger_import_undo"),
    path("ledgers/imports/<int:pk>/discard/", imports.discard, name="ledger_import_discard"),
    path("ledgers/imports/<int:pk>/marked/", import_rows.marked, name="ledger_import_marked"),
    path("ledgers/imports/<int:pk>/files/<int:file>/", imports.source, name="ledger_import_source"),
]

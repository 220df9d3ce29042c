"""URLs of imports."""

from django.urls import path

from ledgers.views import import_rows, imports

urlpatterns = [
    path("ledgers/imports/", imports.index, name="ledger_imports"),
    path("ledgers/imports/send/", imports.send, name="ledger_import_send"),
    path("ledgers/imports/<key:pk>/", import_rows.page, name="ledger_import"),
    path("ledgers/imports/<key:pk>/headings/", imports.headings, name="ledger_import_headings"),
    path("ledgers/imports/<key:pk>/rows/<slug:address>/", import_rows.row, name="ledger_import_row"),
    path("ledgers/imports/<key:pk>/answers/", imports.answers, name="ledger_import_answers"),
    path("ledgers/imports/<key:pk>/commit/", imports.commit, name="ledger_import_commit"),
    path("ledgers/imports/<key:pk>/undo/", imports.undo, name="ledger_import_undo"),
    path("ledgers/imports/<key:pk>/discard/", imports.discard, name="ledger_import_discard"),
    path("ledgers/imports/<key:pk>/marked/", import_rows.marked, name="ledger_import_marked"),
    path("ledgers/imports/<key:pk>/files/<key:file>/", imports.source, name="ledger_import_source"),
]

"""URLs of superior's tables."""

from django.urls import path

from ledgers.views import superior

urlpatterns = [
    path("ledgers/superior/", superior.index, name="superior_tables"),
    path("ledgers/superior/send/", superior.send, name="superior_table_send"),
    path("ledgers/superior/<key:pk>/", superior.page, name="superior_table"),
    path("ledgers/superior/<key:pk>/filled/", superior.download, name="superior_table_download"),
    path("ledgers/superior/<key:pk>/remove/", superior.remove, name="superior_table_remove"),
]

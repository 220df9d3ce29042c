"""URLs of the health page, stored files, forms sent and background work."""

from django.urls import path

from records import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("work/", views.work_list, name="works"),
    path("work/<key:pk>/", views.work_page, name="work"),
    path("work/<key:pk>/retry/", views.work_retry, name="work_retry"),
    path("sent/<str:key>/", views.sending_page, name="sending"),
    path("files/<str:kind>/<key:key>/", views.file_download, name="file"),
]

"""URLs of programmes and their years."""

from django.urls import path

from tasks.views import programmes, years

urlpatterns = [
    path("programmes/", programmes.index, name="programmes"),
    path("programmes/new/", programmes.new, name="programme_new"),
    path("programmes/<key:pk>/", programmes.page, name="programme"),
    path("programmes/<key:pk>/edit/", programmes.edit, name="programme_edit"),
    path("programmes/<key:pk>/year/", years.name_year, name="programme_year"),
    path("programmes/<key:pk>/copy/", years.copy, name="programme_copy"),
    path("programmes/<key:pk>/catalogue/", years.catalogue, name="programme_catalogue"),
    path("programmes/<key:pk>/issue/", years.issue, name="programme_issue"),
    path("programmes/<key:pk>/themes/new/", programmes.theme_new, name="theme_new"),
    path("themes/<key:pk>/edit/", programmes.theme_edit, name="theme_edit"),
]

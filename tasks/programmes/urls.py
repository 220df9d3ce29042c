"""URLs of programmes and their years."""

from django.urls import path

from tasks.programmes import views, year_views

urlpatterns = [
    path("programmes/", views.index, name="programmes"),
    path("programmes/new/", views.new, name="programme_new"),
    path("programmes/<key:pk>/", views.page, name="programme"),
    path("programmes/<key:pk>/edit/", views.edit, name="programme_edit"),
    path("programmes/<key:pk>/year/", year_views.name_year, name="programme_year"),
    path("programmes/<key:pk>/copy/", year_views.copy, name="programme_copy"),
    path("programmes/<key:pk>/catalogue/", year_views.catalogue, name="programme_catalogue"),
    path("programmes/<key:pk>/issue/", year_views.issue, name="programme_issue"),
    path("programmes/<key:pk>/themes/new/", views.theme_new, name="theme_new"),
    path("themes/<key:pk>/edit/", views.theme_edit, name="theme_edit"),
]

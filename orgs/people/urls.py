"""URLs of accounts, posts, roles and unlocking."""

from django.urls import path

from orgs.people import post_views, security_views, views

urlpatterns = [
    path("posts/<key:pk>/switch/", post_views.post_switch, name="post_switch"),
    path("posts/<key:pk>/end/", post_views.post_end, name="post_end"),
    path("posts/ended/<changeset:pk>/undo/", post_views.post_end_undo, name="post_end_undo"),
    path("people/", views.people, name="people"),
    path("people/export/", views.people_export, name="people_export"),
    path("people/new/", views.person_new, name="person_new"),
    path("people/paste/", views.people_paste, name="people_paste"),
    path("people/<key:pk>/", views.person, name="person"),
    path("people/<key:pk>/edit/", views.person_edit, name="person_edit"),
    path("people/<key:pk>/renew/", views.person_renew, name="person_renew"),
    path("people/<key:pk>/close/", views.person_close, name="person_close"),
    path("people/<key:pk>/reopen/", views.person_reopen, name="person_reopen"),
    path("people/<key:pk>/appoint/", views.person_appoint, name="person_appoint"),
    path("roles/", security_views.roles, name="roles"),
    path("locks/", security_views.locks, name="locks"),
    path("locks/lift/", security_views.unlock, name="unlock"),
    path("policies/", security_views.policies, name="policies"),
]

"""URLs of accounts, posts, roles and unlocking."""

from django.urls import path

from orgs.views import people, posts, security

urlpatterns = [
    path("posts/<key:pk>/switch/", posts.post_switch, name="post_switch"),
    path("posts/<key:pk>/end/", posts.post_end, name="post_end"),
    path("posts/ended/<changeset:pk>/undo/", posts.post_end_undo, name="post_end_undo"),
    path("people/", people.people, name="people"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/paste/", people.people_paste, name="people_paste"),
    path("people/<key:pk>/", people.person, name="person"),
    path("people/<key:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<key:pk>/renew/", people.person_renew, name="person_renew"),
    path("people/<key:pk>/close/", people.person_close, name="person_close"),
    path("people/<key:pk>/reopen/", people.person_reopen, name="person_reopen"),
    path("people/<key:pk>/appoint/", people.person_appoint, name="person_appoint"),
    path("roles/", security.roles, name="roles"),
    path("locks/", security.locks, name="locks"),
    path("locks/lift/", security.unlock, name="unlock"),
    path("policies/", security.policies, name="policies"),
]

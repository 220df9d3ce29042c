"""URLs of organisations and people, by noun."""

from orgs.urls import organisations, people, register

urlpatterns = [*people.urlpatterns, *organisations.urlpatterns, *register.urlpatterns]

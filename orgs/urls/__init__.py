"""URLs of organisations, people and settings, by noun."""

from orgs.urls import organisations, people, register, settings

urlpatterns = [*people.urlpatterns, *organisations.urlpatterns, *register.urlpatterns, *settings.urlpatterns]

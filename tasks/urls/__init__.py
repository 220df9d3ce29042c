"""URLs of tasks, by noun."""

from tasks.urls import task, week

urlpatterns = [*task.urlpatterns, *week.urlpatterns]

"""URLs of tasks, by noun."""

from tasks.urls import grid, task, week

urlpatterns = [*task.urlpatterns, *week.urlpatterns, *grid.urlpatterns]

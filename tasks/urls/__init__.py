"""URLs of tasks, by room."""

from tasks.urls import assignment, closing, due_dates, grid, lists, pasting, programmes, splits, task, villages, week

ROOMS = (programmes, task, splits, assignment, due_dates, closing, week, lists, grid, pasting, villages)
urlpatterns = [pattern for room in ROOMS for pattern in room.urlpatterns]

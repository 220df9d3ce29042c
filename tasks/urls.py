"""URLs of tasks, by room."""

from tasks.assignment import urls as assignment_urls
from tasks.closing import urls as closing_urls
from tasks.due_dates import urls as due_dates_urls
from tasks.duties import urls as duties_urls
from tasks.grid import urls as grid_urls
from tasks.lists import urls as lists_urls
from tasks.pasting import urls as pasting_urls
from tasks.programmes import urls as programmes_urls
from tasks.splits import urls as splits_urls
from tasks.task import urls as task_urls
from tasks.villages import urls as villages_urls

ROOMS = (
    programmes_urls,
    task_urls,
    splits_urls,
    assignment_urls,
    due_dates_urls,
    closing_urls,
    duties_urls,
    lists_urls,
    grid_urls,
    pasting_urls,
    villages_urls,
)
urlpatterns = [pattern for room in ROOMS for pattern in room.urlpatterns]

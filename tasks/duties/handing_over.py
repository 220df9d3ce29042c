"""What passes on when a post ends: the tasks it keeps, which are its drafts and the verifications open with it."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import ngettext

from orgs.models import Post
from records.changes import Writer
from tasks.models import Assignment, Task
from tasks.models.programme import TaskQuerySet
from tasks.rules.status import Status, TaskStatus


def in_hand(post: Post) -> TaskQuerySet:
    """Drafts the post keeps, and issued tasks of its with an assignment that is still open."""
    unfinished = Assignment.objects.open().filter(task=OuterRef("pk"))
    return Task.objects.filter(Q(status=TaskStatus.DRAFT) | Exists(unfinished), keeper=post)


def preview(post: Post) -> list[str]:
    """How many drafts, open tasks and waiting verifications the post has in hand; never their names."""
    return _in_words(in_hand(post))


def _in_words(tasks: TaskQuerySet) -> list[str]:
    counts = tasks.aggregate(
        drafts=Count("pk", filter=Q(status=TaskStatus.DRAFT)), issued=Count("pk", filter=Q(status=TaskStatus.ISSUED))
    )
    drafts, issued = counts["drafts"], counts["issued"]
    waiting = Assignment.objects.filter(task__in=tasks, status=Status.REQUESTED).count()
    lines = []
    if drafts:
        lines.append(ngettext("%(count)s draft", "%(count)s drafts", drafts) % {"count": drafts})
    if issued:
        lines.append(ngettext("%(count)s open task", "%(count)s open tasks", issued) % {"count": issued})
    if waiting:
        line = ngettext("%(count)s close-out to verify", "%(count)s close-outs to verify", waiting)
        lines.append(line % {"count": waiting})
    return lines


def move(changes: Writer, from_post: Post, to_post: Post) -> list[str]:
    """Let the next post keep them; entries and history stay with whoever wrote them."""
    tasks = in_hand(from_post)
    lines = _in_words(tasks)
    rows = list(tasks)
    for task in rows:
        task.keeper = to_post
    changes.update_all(rows, ["keeper"])
    return lines

"""Shares of the grid pass on with the post: the next holder fills in for the same villages."""

from django.utils.translation import ngettext

from orgs.models import Post
from records.changes import Writer
from tasks.models import GridShare


def preview(post: Post) -> list[str]:
    """How many villages the post fills in for."""
    return _in_words(GridShare.objects.filter(post=post).count())


def _in_words(count: int) -> list[str]:
    if not count:
        return []
    return [ngettext("%(count)s village to fill in for", "%(count)s villages to fill in for", count) % {"count": count}]


def move(changes: Writer, from_post: Post, to_post: Post) -> list[str]:
    """Let the next post fill in for them."""
    rows = list(GridShare.objects.filter(post=from_post))
    for share in rows:
        share.post = to_post
    changes.update_all(rows, ["post"])
    return _in_words(len(rows))

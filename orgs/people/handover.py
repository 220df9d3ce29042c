"""What passes from one post to the next: upper apps say what they hold for a post and how it moves."""

from collections.abc import Callable
from dataclasses import dataclass

from orgs.models import Post
from records.changes import Writer

Preview = Callable[[Post], list[str]]
Move = Callable[[Writer, Post, Post], list[str]]


@dataclass(frozen=True)
class Handler:
    """How one app hands over: ``preview`` and ``move`` say in words how much of what, never whose or which."""

    preview: Preview
    move: Move


_handlers: dict[str, Handler] = {}


def register(name: str, *, preview: Preview, move: Move) -> None:
    """Let an app hand over what it keeps for a post; the same name replaces."""
    _handlers[name] = Handler(preview, move)


def preview(post: Post) -> list[str]:
    """What the post has in hand, in words; empty when there is nothing to hand over."""
    return [line for handler in _handlers.values() for line in handler.preview(post)]


def move(changes: Writer, from_post: Post, to_post: Post) -> list[str]:
    """Move all that one post has in hand to another, within the change set; what was moved, in words."""
    return [line for handler in _handlers.values() for line in handler.move(changes, from_post, to_post)]

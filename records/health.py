"""What apps above add to the health page: a name and a function that says how its background work is."""

from collections.abc import Callable

_answers: dict[str, Callable[[], dict[str, object]]] = {}


def add(name: str, answer: Callable[[], dict[str, object]]) -> None:
    """Add an app's own answer; the same name replaces the old one."""
    _answers[name] = answer


def answers() -> dict[str, object]:
    """Every app's answer by its name."""
    return {name: answer() for name, answer in _answers.items()}

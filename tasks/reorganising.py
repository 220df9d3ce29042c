"""What a reorganisation means for tasks: open assignments go where the organisation goes, and none is lost.

Snapshots are never touched: a past day keeps the township of that day.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.reorganisation import Reorganisation, Verb
from records.changes import Writer
from tasks.models import Assignment, Theme

SHOWN = 10  # titles written out in a preview


def preview(case: Reorganisation) -> list[str]:
    """What happens to the sources' open assignments and to the themes they lead, in words."""
    if not case.closes:
        return []
    moving, staying = sort_out(case)
    words: dict[str, object] = {"target": case.target.name if case.target else ""}
    found = []
    if moving:
        words |= {"count": len(moving), "titles": _titles(moving)}
        line = ngettext(
            "%(count)s open assignment moves to %(target)s: %(titles)s.",
            "%(count)s open assignments move to %(target)s: %(titles)s.",
            len(moving),
        )
        found.append(line % words)
    for assignment in staying[:SHOWN]:
        words |= {"name": assignment.organisation.name, "title": assignment.task.title}
        if case.verb == Verb.MERGE:
            found.append(_("“%(title)s”: %(target)s has this task too, so it stays with the closed %(name)s.") % words)
        else:
            found.append(_("“%(title)s” is still open and stays with the closed %(name)s.") % words)
    if len(staying) > SHOWN:
        found.append(_("%(count)s more open assignments stay as well.") % {"count": len(staying) - SHOWN})
    return [*found, *_theme_lines(case)]


def _titles(assignments: list[Assignment]) -> str:
    titles = _(", ").join(f"{a.organisation.name} – {a.task.title}" for a in assignments[:SHOWN])
    more = len(assignments) - SHOWN
    return _("%(titles)s and %(count)s more") % {"titles": titles, "count": more} if more > 0 else titles


def _theme_lines(case: Reorganisation) -> list[str]:
    lines = []
    for theme in Theme.objects.filter(lead__in=case.sources).select_related("lead"):
        words = {"theme": theme.name, "name": theme.lead.name if theme.lead else ""}
        if case.verb == Verb.MERGE and case.target is not None:
            lines.append(
                _("%(target)s leads the theme “%(theme)s” from then on.") % {**words, "target": case.target.name}
            )
        else:
            lines.append(_("%(name)s leads the theme “%(theme)s”; choose who leads it now.") % words)
    return lines


def sort_out(case: Reorganisation) -> tuple[list[Assignment], list[Assignment]]:
    """The sources' open assignments: those that go to the target, and those that stay where they are.

    One task is owed once by one organisation: where the target has it already, the source's stays.
    """
    rows = Assignment.objects.open().filter(organisation__in=case.sources).select_related("task", "organisation")
    rows = rows.order_by("organisation__code", "due_on", "pk")
    if case.verb != Verb.MERGE or case.target is None:
        return [], list(rows)
    target = case.target
    taken = (
        set(Assignment.objects.filter(organisation=target).values_list("task_id", flat=True)) if target.pk else set()
    )
    moving: list[Assignment] = []
    staying: list[Assignment] = []
    for row in rows:
        (staying if row.task_id in taken else moving).append(row)
        taken.add(row.task_id)
    return moving, staying


def apply(case: Reorganisation, changes: Writer) -> None:
    """Move what ``sort_out`` says, and the themes a merged department leads."""
    if case.verb != Verb.MERGE or case.target is None:
        return
    moving, _staying = sort_out(case)
    for row in moving:
        row.organisation = case.target
    changes.update_all(moving, ["organisation"])
    themes = list(Theme.objects.filter(lead__in=case.sources))
    for theme in themes:
        theme.lead = case.target
    changes.update_all(themes, ["lead"])

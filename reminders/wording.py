"""A message in words: subject, and the body that is kept with it and shown in every channel."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.duties import Due, Stage
from reminders.rules.kinds import Kind, Section
from reminders.rules.shapes import Figures, Line, Planned

LANGUAGE = "zh-hans"  # of what is sent: nobody has chosen a language when nobody is at the screen


def body_of(planned: Planned, organisations: Mapping[int, str]) -> dict[str, Any]:
    """What is kept of a message: its lines, what they leave out, and a leader's figures."""
    return {
        "lines": [line_of(line) for line in planned.lines],
        "left_out": dict(planned.left_out),
        "figures": [_figures_of(figures, organisations) for figures in planned.figures],
    }


def line_of(line: Line) -> dict[str, Any]:
    """One line as it is kept."""
    due = line.due
    return {
        "section": line.section,
        "kind": due.kind,
        "key": due.key,
        "root": due.root,
        "stage": due.stage.value,
        "title": due.title,
        "due_on": due.due_on.isoformat(),
        "count": due.organisations,
        "names": list(due.names),
        "url": due.url,
        "post": line.post_id,
    }


def _figures_of(figures: Figures, organisations: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": organisations.get(figures.organisation_id, ""),
        "post": figures.post_id,
        "due": figures.due,
        "overdue": figures.overdue,
        "returned": figures.returned,
        "waiting": figures.waiting,
        "done": figures.done,
        "worst": [line_of(line) for line in figures.worst],
    }


def subject_of(kind: str, day: datetime.date, body: Mapping[str, Any]) -> str:
    """The subject: what the message is and how much of what is in it."""
    with translation.override(LANGUAGE):
        counts = {section: body["left_out"].get(section, 0) for section in Section.values}
        for line in body["lines"]:
            counts[line["section"]] += 1
        parts = [_part(section, count) for section, count in counts.items() if count]
        if not body["lines"]:
            parts += [_figures_part(figures) for figures in body["figures"][:1]]
        what = _("%(kind)s, %(day)s") % {"kind": Kind(kind).label, "day": date_format(day, "MONTH_DAY_FORMAT")}
        return _("%(what)s: %(parts)s") % {"what": what, "parts": _(", ").join(parts)} if parts else what


def _part(section: str, count: int) -> str:
    words = {
        Section.PUSHED: _("%(count)s urged or ordered"),
        Section.OVERDUE: _("%(count)s overdue"),
        Section.RETURNED: _("%(count)s sent back"),
        Section.DUE: _("%(count)s falling due"),
        Section.HOLIDAY: _("%(count)s around the holiday"),
        Section.REVIEW: _("%(count)s to verify"),
        Section.NEW: _("%(count)s newly given"),
    }
    return words[Section(section)] % {"count": count}


def _figures_part(figures: Mapping[str, Any]) -> str:
    return _("%(due)s due, %(overdue)s overdue, %(done)s closed") % dict(figures)


def left_words(due_on: datetime.date, day: datetime.date) -> str:
    """How far a date lies from a day, as people say it."""
    days = (due_on - day).days
    if days < 0:
        return ngettext("%(count)s day over", "%(count)s days over", -days) % {"count": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}


def where(line: Mapping[str, Any]) -> str:
    """Which organisations a line is about, and how many."""
    names = _(", ").join(line["names"])
    if line["count"] <= len(line["names"]) or not names:
        return names
    return _("%(names)s and others, %(count)s in all") % {"names": names, "count": line["count"]}


def _when(line: Mapping[str, Any], day: datetime.date) -> str:
    """What stands at the end of a line: how far its date is, or since when it waits."""
    if line["section"] == Section.REVIEW:
        return _("waiting since %(day)s") % {"day": line["due_on"]}
    if line["section"] == Section.PUSHED:
        return _("of %(day)s") % {"day": line["due_on"]}
    return left_words(datetime.date.fromisoformat(line["due_on"]), day)


def sections(body: Mapping[str, Any], day: datetime.date) -> list[dict[str, Any]]:
    """The body for a template: each section with its label, its lines in words, and how many are left out."""
    found = []
    for section in Section:
        lines = [
            {
                **line,
                "number": number,
                "when": _when(line, day),
                "where": where(line),
            }
            for number, line in enumerate(body["lines"])
            if line["section"] == section
        ]
        left_out = body["left_out"].get(section.value, 0)
        if lines or left_out:
            found.append({"code": section.value, "label": section.label, "lines": lines, "left_out": left_out})
    return found


def figures(body: Mapping[str, Any], day: datetime.date) -> list[dict[str, Any]]:
    """A leader's figures for a template, with the tasks most overdue in words."""
    return [
        {
            **found,
            "worst": [
                {
                    **line,
                    "where": where(line),
                    "when": left_words(datetime.date.fromisoformat(line["due_on"]), day),
                }
                for line in found["worst"]
            ],
        }
        for found in body["figures"]
    ]


def refreshed(body: Mapping[str, Any], current: Mapping[tuple[object, ...], Due]) -> dict[str, Any]:
    """The body without what was finished since: a line stays while its thing stands where it stood."""
    lines = []
    for line in body["lines"]:
        due = current.get(place(line))
        if due is None and line["section"] == Section.OVERDUE:
            due = current.get(place({**line, "stage": Stage.FRESH.value}))
        if due is not None:
            lines.append({**line, "count": due.organisations, "names": list(due.names), "url": due.url})
    return {**body, "lines": lines}


def place(line: Mapping[str, Any]) -> tuple[object, ...]:
    """What a line and a thing owed have in common; the day a verifier's oldest request came in may change."""
    due_on = "" if line["stage"] == Stage.REVIEW else line["due_on"]
    return line["kind"], line["key"], line["root"], due_on, line["stage"]

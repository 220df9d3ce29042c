"""Secrets stay out: what each upload and paste box says, refuses and asks about (``sheets.secrecy``).

A file or text with a mark of secrecy is refused in a sentence. A doubtful one comes back with one question; the answer
counts for just this content, by its digest.
"""

import hashlib
from collections.abc import Collection
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sheets import secrecy
from sheets.apart import asking
from sheets.refusals import BUSY, TOO_SLOW, UnreadableError
from sheets.secrecy import Grade, Mark

CONFIRMED = "not_secret"  # what a form sends back for each doubt that was answered
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")  # judged by their names alone


class Doubt(NamedTuple):
    """A question about one file or text: the key that answers it, what it is called, and the mark."""

    key: str
    name: str
    mark: str


class Weighed(NamedTuple):
    """What is wrong, in a sentence, and the doubt behind it if it can be answered; neither when nothing is."""

    sentence: str = ""
    doubt: Doubt | None = None


def weigh_text(text: str, confirmed: Collection[str] = ()) -> Weighed:
    """Look at a pasted text."""
    return _weighed(_("The text"), text.encode("utf-8", "replace"), secrecy.in_text(text), confirmed)


def weigh_file(name: str, content: bytes, confirmed: Collection[str] = ()) -> Weighed:
    """Look at a file by its name and its first page; one that nobody can open is judged by its name."""
    lines, inside = list[str](), list[tuple[str, list[str]]]()
    if not content.startswith(_PICTURES):
        try:
            lines, inside = asking.heads(content)
        except UnreadableError as error:
            if error.code in {BUSY, TOO_SLOW}:
                return Weighed(str(error))
    return _weighed(f"“{name}”", content, secrecy.in_file(name, lines, inside), confirmed)


def _weighed(name: str, content: bytes, mark: Mark | None, confirmed: Collection[str]) -> Weighed:
    if mark is None:
        return Weighed()
    words = {"name": name, "mark": mark.words}
    if mark.grade == Grade.REFUSED:
        return Weighed(
            _("%(name)s bears the mark “%(mark)s”. What is secret never belongs into this system: nothing was kept.")
            % words
        )
    key = hashlib.sha256(f"{name}:{mark.words}:".encode("utf-8", "replace") + content).hexdigest()[:32]
    if key in confirmed:
        return Weighed()
    return Weighed(
        _(
            "%(name)s says “%(mark)s”. If it holds neither state secrets nor work secrets, "
            "confirm that and send it again."
        )
        % words,
        Doubt(key, name, mark.words),
    )


def against(name: str, content: bytes, *, confirmed: bool) -> str:
    """Why a command does not read a file, '' when it may; ``confirmed`` answers what is doubtful."""
    found = weigh_file(name, content)
    if found.doubt is None:
        return found.sentence
    return "" if confirmed else " ".join((found.sentence, _("To a command, --not-secret confirms it.")))


class PastedField(forms.CharField):
    """A box into which text is pasted: its form looks at it, and its page says what never belongs there."""

    is_pasted = True
    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Known on the page, for the guard that looks for the words beside it."""
        return {**super().widget_attrs(widget), "data-paste": True}


class KeepsSecretsOut(forms.BaseForm):
    """A form whose file or paste box is looked at; ``doubts`` are the questions it comes back with."""

    @property
    def doubts(self) -> list[Doubt]:
        """What is asked about, in the order it was found."""
        found: list[Doubt] = self.__dict__.setdefault("_doubts", [])
        return found

    def look_at(self, upload: UploadedFile[bytes]) -> None:
        """Look at an upload, which can be read again. Raises ``ValidationError``."""
        content = upload.read()
        upload.seek(0)
        self._judge(weigh_file(str(upload.name), content, self._confirmed()))

    def look_at_text(self, text: str) -> None:
        """Look at a pasted text. Raises ``ValidationError``."""
        if not text.strip():
            return
        self._judge(weigh_text(text, self._confirmed()))

    def _confirmed(self) -> list[str]:
        data: Any = self.data
        return list(data.getlist(CONFIRMED)) if hasattr(data, "getlist") else []

    def _judge(self, found: Weighed) -> None:
        if found.doubt is not None:
            self.doubts.append(found.doubt)
        if found.sentence:
            raise ValidationError(found.sentence)

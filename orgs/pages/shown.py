"""What a page showed, as a fingerprint that its form sends back: what is done must be what was shown."""

import hashlib
import json


def fingerprint(*facts: object) -> str:
    """A short text that differs when any of the facts does; the order within a set does not count."""
    text = json.dumps(facts, default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _plain(fact: object) -> object:
    return sorted(map(str, fact)) if isinstance(fact, set | frozenset) else str(fact)


def still_shown(sent: str, now: str) -> bool:
    """Whether what a form was sent from still stands; a form that sends nothing was made by no page of ours."""
    return sent == now

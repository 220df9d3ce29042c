"""No stored word is renamed or taken away unawares: rows, queues and sent mails hold them."""

from tests.architecture import fresh_process
from tests.architecture.stored_words import LISTING

WRITE = "DJANGO_SETTINGS_MODULE=config.settings python -m tests.architecture.stored_words"
GONE = (
    "These words stand in databases, queues, mails or bookmarks, and the source knows them no more. Moving code never "
    "renames them; where one must go, a migration sees to the rows first. Then write the listing anew: " + WRITE
)
NEW = "A new word is free to come: add its line to the listing, or write it anew: " + WRITE
LEAST = {  # a kind that is no longer collected would look like nothing gone
    "address": 212,
    "verb of a change set": 99,
    "choice": 202,
    "kind of event": 209,
    "model and table": 59,
    "option": 15,
    "kind of duty": 11,
    "kind of work": 7,
    "Celery task": 10,
    "key of a push": 3,
}


def known() -> list[str]:
    answer = fresh_process.answer()
    assert not answer["faults"], "First what test_fresh_process finds."
    words: list[str] = answer["words"]
    return words


def listed() -> list[str]:
    return LISTING.read_text().splitlines()


def test_no_stored_word_is_gone() -> None:
    gone = sorted(set(listed()) - set(known()))
    assert not gone, GONE


def test_every_stored_word_is_listed() -> None:
    new = sorted(set(known()) - set(listed()))
    assert not new, NEW


def test_the_listing_is_in_order_and_long_enough() -> None:
    lines = listed()
    assert lines == sorted(set(lines))
    counts = {kind: sum(line.startswith(f"{kind}: ") for line in lines) for kind in LEAST}
    assert {kind: count for kind, count in counts.items() if count < LEAST[kind]} == {}

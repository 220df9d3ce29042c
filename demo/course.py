"""How one assignment goes in the demo, decided when it is issued: who does what on which working day."""

from dataclasses import dataclass
from random import Random

from demo.fixture import dice, read
from orgs.models import Organisation
from tasks.rules.status import Learned, Step

SILENT, STUCK = 0.05, 0.11  # shares that nobody takes up, and that stay half done
SENT_BACK = 0.13
RECEIVED_FIRST = 0.9  # share that is marked received before the first report
BETWEEN_REPORTS = (6, 12)  # working days
TO_VERIFY = (1, 4)  # working days a close-out request waits
LONG_WAIT, LONG_WAIT_DAYS = 0.1, (5, 9)
NEARLY = 95  # percent: what is not done is never reported as done
LEARNED = [Learned.VILLAGE_REPORT] * 5 + [Learned.PHONE] * 3 + [Learned.ON_SITE] * 2


@dataclass(frozen=True)
class Turn:
    """One step of a course, on the working day of that number; ``stage`` says which words fit."""

    number: int
    does: Step
    percent: int | None = None
    stage: str = ""


def plan(task_key: str, theme: str, pace: float, organisation: Organisation, issued: int, due: int) -> list[Turn]:
    """The turns of an assignment issued and due on working days of these numbers, first to last."""
    rolled = dice("course", task_key, organisation.code)
    if rolled.random() < SILENT:
        return []
    received = issued + rolled.randint(1, 3)
    turns = [Turn(received, Step.RECEIVE)] if rolled.random() < RECEIVED_FIRST else []
    stuck = rolled.random() < STUCK
    share = rolled.triangular(0.5, 1.4, 0.92) / (pace * _pace_of(organisation, theme))
    done = max(received + 3, issued + round((due - issued) * share))
    turns += _reports(rolled, received, done, percent_cap=60 if stuck else NEARLY)
    if stuck:
        return [turn for turn in turns if turn.percent is None or turn.percent < 60]
    return [*turns, *_end(rolled, done)]


def _pace_of(organisation: Organisation, theme: str) -> float:
    """How briskly a township works, and how well a theme lies to it."""
    code = organisation.township.code if organisation.township else organisation.code
    return dice("pace", code).uniform(0.93, 1.16) * dice("pace", code, theme).uniform(0.93, 1.07)


def _reports(rolled: Random, received: int, done: int, percent_cap: int) -> list[Turn]:
    turns = []
    number = received + rolled.randint(2, max(5, (done - received) // 2))
    while number < done - 1:
        share = (number - received + 1) / (done - received)
        percent = min(percent_cap, max(5, round(share * 100 / 5) * 5))
        turns.append(Turn(number, Step.REPORT, percent, stage_of(percent)))
        number += rolled.randint(*BETWEEN_REPORTS)
    return turns


def stage_of(percent: int) -> str:
    """Which words fit a percent."""
    if percent >= 100:
        return "done"
    return "late" if percent >= 65 else "middle" if percent >= 30 else "start"


def _end(rolled: Random, done: int) -> list[Turn]:
    """The last report, the request, its verification; now and then it is sent back and asked for again."""
    turns = [Turn(done - 1, Step.REPORT, 100, "done"), Turn(done, Step.REQUEST_CLOSE)]
    verified = done + _wait(rolled)
    if rolled.random() < SENT_BACK:
        again = verified + rolled.randint(4, 8)
        turns += [
            Turn(verified, Step.SEND_BACK),
            Turn(again - 2, Step.REPORT, 90, "late"),
            Turn(again, Step.REQUEST_CLOSE),
        ]
        verified = again + _wait(rolled)
    return [*turns, Turn(verified, Step.CLOSE)]


def _wait(rolled: Random) -> int:
    return rolled.randint(*(LONG_WAIT_DAYS if rolled.random() < LONG_WAIT else TO_VERIFY))


def words(theme: str, stage: str, *key: object) -> str:
    """What is written on a report: words of the theme that fit how far it is, with small numbers."""
    rolled = dice("words", theme, stage, *key)
    text = rolled.choice(read("texts")["progress"][theme][stage])
    return str(text).replace("%n", str(rolled.randint(2, 6))).replace("%m", str(rolled.randint(12, 60)))


def learned(*key: object) -> str:
    """How the township learned it."""
    return dice("learned", *key).choice(LEARNED).value

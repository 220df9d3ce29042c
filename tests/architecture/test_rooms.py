"""Folders stay small enough to be taken in at a glance."""

from collections import Counter

from tests.architecture.house import BASE_DIR, FLOOR_OF

MOST = 15  # modules side by side in one folder
LARGER = {  # those from before there was a limit; they only ever shrink
    "demo": 17,
    "ledgers": 21,
    "ledgers/imports": 21,
    "records": 25,
    "reminders": 19,
    "sheets": 38,
}


def side_by_side() -> Counter[str]:
    """How many modules stand in each folder; migrations only ever grow."""
    return Counter(
        path.parent.relative_to(BASE_DIR).as_posix()
        for app in ("config", *FLOOR_OF)
        for path in (BASE_DIR / app).rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    )


def faults(counts: dict[str, int], larger: dict[str, int]) -> list[str]:
    """What is wrong with the sizes of folders, each as a sentence."""
    found = []
    for folder in sorted(counts.keys() | larger.keys()):
        count, limit = counts.get(folder, 0), larger.get(folder, MOST)
        if count > limit:
            found.append(f"{folder} has {count} modules side by side and may have {limit}: give features folders.")
        elif folder in larger and count <= MOST:
            found.append(f"{folder} has {count} modules now: take it out of LARGER.")
        elif folder in larger and count < limit:
            found.append(f"{folder} has {count} modules now: lower its number in LARGER from {limit}.")
    return found


def test_no_folder_grows_beyond_what_one_takes_in() -> None:
    assert sum(side_by_side().values()) > 400
    assert faults(side_by_side(), LARGER) == []


def test_the_check_finds_what_grows_and_what_has_shrunk() -> None:
    assert faults({"a": 15, "b": 20}, {"b": 20}) == []
    assert len(faults({"a": 16}, {})) == 1
    assert len(faults({"b": 21}, {"b": 20})) == 1
    assert "lower its number" in faults({"b": 19}, {"b": 20})[0]
    assert "take it out" in faults({"b": 15}, {"b": 20})[0]
    assert "take it out" in faults({}, {"b": 20})[0]

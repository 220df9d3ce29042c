"""How long loading the register takes: ``python bench/register.py [CITY.csv]``, on the database of ``DATABASE_URL``.

Each run loads into an empty register within a transaction that is rolled back, beside two baselines on the same rows:
reading the file with the csv module and ``bulk_create`` of the same organisations, paths already known. Without a
file it makes a city of its own of the same size. ``python bench/register.py --make 15000 FILE [CITY.csv]`` only
writes such a file.
"""

import csv
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HEADINGS = ("code", "name", "level", "parent_code", "urban_rural_class", "node_type", "short_name")
CITY_SIZE = 2_991
Row = Sequence[str]
_SYLLABLES = "东西南北上下大小新石柳杨李王张河山林泉溪塘桥坪湾岭坡田井庙塔龙凤云金银铜花草木竹松梅兰菊荷香甜清"


def city() -> list[Row]:
    """A made-up city: 14 counties of 13 or 14 townships, villages and communities in the measure of a real one."""
    rows: list[Row] = [("990000000000", "禾岭市", "city", "900000000000", "", "市", "禾岭市")]
    counties = [f"9900{n:02}000000" for n in range(1, 15)]
    rows += [(code, f"{_name(n)}县", "county", rows[0][0], "", "县级", "") for n, code in enumerate(counties)]
    towns = [f"{counties[n % 14][:6]}{100 + n // 14:03}000" for n in range(191)]
    rows += [(code, f"{_name(n)}镇", "township", code[:6] + "000000", "", "镇", "") for n, code in enumerate(towns)]
    for n in range(CITY_SIZE - len(rows)):
        town = towns[n % len(towns)]
        kind, ending = ("居民委员会", "社区居委会") if n % 5 == 0 else ("村民委员会", "村委会")
        name = _name(n)
        rows.append((f"{town[:9]}{200 + n // len(towns):03}", name + ending, "village", town, "", kind, name + "村"))
    return rows


def _name(number: int) -> str:
    rest, last = divmod(number, len(_SYLLABLES))
    return _SYLLABLES[rest % len(_SYLLABLES)] + _SYLLABLES[last]


def read_city(path: str) -> list[Row]:
    """The rows of a file like the statistical register's."""
    with Path(path).open(encoding="utf-8-sig", newline="") as source:
        return [tuple(row[heading] for heading in HEADINGS) for row in csv.DictReader(source)]


def made_from(rows: Sequence[Row], count: int) -> list[Row]:
    """The city repeated under other codes below its one root, until there are ``count`` rows."""
    return [row for _number, row in zip(range(count), _endless(rows), strict=False)]


def _endless(rows: Sequence[Row]) -> Iterator[Row]:
    root, *others = rows
    yield root
    copy = 0
    while True:
        mark = f"-{copy}" if copy else ""
        for code, name, level, parent, *rest in others:
            yield (code + mark, name, level, parent if parent == root[0] else parent + mark, *rest)
        copy += 1


def as_csv(rows: Sequence[Row]) -> bytes:
    """The rows as a CSV file."""
    target = io.StringIO()
    csv.writer(target).writerows([HEADINGS, *rows])
    return target.getvalue().encode()


def main() -> None:
    """Measure 2,991 and 15,000 rows."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--make"]:
        rows = read_city(arguments[3]) if arguments[3:] else city()
        Path(arguments[2]).write_bytes(as_csv(made_from(rows, int(arguments[1]))))
        return
    rows = read_city(arguments[0]) if arguments else city()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    print(f"{connection.vendor}: seconds, and times the baseline (csv.reader + bulk_create)")
    for count in (len(rows), 15_000):
        _measure(made_from(rows, count))


def _measure(rows: Sequence[Row]) -> None:
    from django.db import transaction

    from orgs.models import Organisation
    from orgs.register import actions as register
    from records.models import Change

    content = as_csv(rows)
    with transaction.atomic():
        if Organisation.objects.exists():
            sys.exit("The register is not empty; point DATABASE_URL or LUOSHI_VAR at a database of its own.")
        first = _timed(lambda: register.load(content, name="bench.csv", by=None))
        before = Change.objects.count()
        again = _timed(lambda: register.load(content, name="bench.csv", by=None))
        assert Change.objects.count() == before, "the same file again must change nothing"
        preview = _timed(lambda: register.load(content, name="bench.csv", by=None, dry_run=True))
        places = list(Organisation.objects.values())
        transaction.set_rollback(True)
    with transaction.atomic():
        base = _timed(lambda: _baseline(content, places))
        transaction.set_rollback(True)
    parts = (("first load", first), ("again", again), ("preview", preview))
    shown = ", ".join(f"{name} {seconds:.2f} s ({seconds / base:.1f} ×)" for name, seconds in parts)
    print(f"{len(rows):6} rows: baseline {base:.2f} s, {shown}")


def _baseline(content: bytes, places: Sequence[Any]) -> None:
    from orgs.models import Organisation

    list(csv.reader(io.StringIO(content.decode(), newline="")))
    Organisation.objects.bulk_create([Organisation(**place) for place in places], batch_size=400)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

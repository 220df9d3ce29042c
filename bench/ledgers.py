"""How long an import of 15,000 rows × 25 columns takes, beside a plain ``bulk_create`` and django-import-export.

A scratch database on SQLite and, where one answers, on PostgreSQL; each measuring runs in a process of its own, so that
its largest memory is its own. ``LUOSHI_BENCH_ROWS`` takes fewer rows.
"""

import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.pages import scratch, surroundings

BASE_DIR = Path(__file__).resolve().parent.parent
ROWS = int(os.environ.get("LUOSHI_BENCH_ROWS", "15000"))
VILLAGES, TOWNSHIPS = 2_500, 25
LEDGER = "collective_economy"
FIRST, CHANGED = "first.xlsx", "changed.xlsx"
NUMBERS = (
    "总收入(元)", "经营性收入(元)", "发包及上交收入(元)", "投资收益(元)", "补助收入(元)", "其他收入(元)",
    "总支出(元)", "资产总额(元)", "固定资产(元)", "负债(元)",
)  # fmt: skip
HEADINGS = (
    "序号", "年度", "市", "县（市、区）", "乡镇（街道）", "村（社区）", "行政区划代码", "总户数", *NUMBERS,
    "主导产业", "经营方式", "党员人数", "活动场所面积(㎡)", "填报日期", "是否达标", "备注",
)  # fmt: skip


def fill() -> None:
    """Build the county in this process's database, and beside it the two workbooks: their making is not measured."""
    import datetime

    import django

    django.setup()
    from django.core.management import call_command

    from tests.county import build

    call_command("migrate", verbosity=0)
    build(datetime.date(2026, 11, 16), townships=TOWNSHIPS, villages=VILLAGES, tasks=1)
    for name, share in (FIRST, 0.0), (CHANGED, 0.01):
        (Path(os.environ["LUOSHI_VAR"]) / name).write_bytes(workbook(share))


def sent(name: str) -> bytes:
    """A workbook that ``fill`` made."""
    return (Path(os.environ["LUOSHI_VAR"]) / name).read_bytes()


def workbook(share: float = 0.0) -> bytes:
    """The workbook; ``share`` of its rows differ from those of the first one."""
    import xlsxwriter

    from orgs.models import Organisation

    chance, other = random.Random(7), random.Random(8)
    villages = list(
        Organisation.objects.filter(kind__in=["village", "community"]).select_related("township").order_by("path")
    )
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, HEADINGS)
    for n in range(ROWS):
        village = villages[n % len(villages)]
        figures = [chance.randrange(0, 800_000, 100) for _heading in NUMBERS]
        figures[0] = sum(figures[1:6])
        if share and other.random() < share:
            figures[0] += 100
        place = village.township.name if village.township else ""
        row = [n + 1, 2026 - n // len(villages), "云川市", "云川县", place, village.name, village.code]
        row += [chance.randrange(100, 2000), *figures, chance.choice(["油茶", "柑橘", "物业租赁"])]
        row += [chance.choice(["承包", "租赁", "股份合作"]), chance.randrange(20, 120), chance.randrange(60, 500)]
        row += ["2026-06-30", chance.choice("是否"), ""]
        sheet.write_row(n + 1, 0, row)
    book.close()
    return target.getvalue()


def plain_model() -> Any:
    """One plain table with a column for each of the workbook's, as somebody would write it."""
    from django.db import connection, models

    columns: dict[str, Any] = {f"c{n}": models.TextField(null=True) for n in range(len(HEADINGS))}
    columns |= {f"c{n}": models.FloatField(null=True) for n in (0, 1, 7, *range(8, 18), 20, 21)}
    meta = type("Meta", (), {"app_label": "ledgers", "db_table": "bench_plain"})
    model = type("BenchPlain", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    return model


def calamine(content: bytes) -> list[list[Any]]:
    """The rows as the reader alone gives them."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]


def timed(measured: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    """Do it and note how long it took."""
    started = time.perf_counter()
    found = work()
    measured[name] = time.perf_counter() - started
    return found


def baselines() -> None:
    """What others do: read and ``bulk_create``; read, compare, update; django-import-export as it comes."""
    import django

    django.setup()
    from django.db import transaction

    model, measured = plain_model(), dict[str, float]()
    content, changed = sent(FIRST), sent(CHANGED)
    names = [f"c{n}" for n in range(len(HEADINGS))]

    def plain() -> None:
        rows = [model(**dict(zip(names, row, strict=False))) for row in calamine(content)]
        with transaction.atomic():
            model.objects.bulk_create(rows, batch_size=500)

    def changed_only() -> None:
        there = {(row.c6, row.c1): row for row in model.objects.all()}
        touched = []
        for row in calamine(changed):
            stands = there[row[6], row[1]]
            if [getattr(stands, name) for name in names] != [value if value != "" else "" for value in row]:
                for name, value in zip(names, row, strict=False):
                    setattr(stands, name, value)
                touched.append(stands)
        with transaction.atomic():
            model.objects.bulk_update(touched, names, batch_size=30)

    timed(measured, "plain", plain)
    timed(measured, "changed_only", changed_only)
    model.objects.all().delete()
    timed(measured, "import_export", lambda: import_export(model, names, content))
    print(json.dumps(measured))


def import_export(model: Any, names: list[str], content: bytes) -> None:
    """django-import-export with the settings it comes with."""
    from import_export import resources
    from import_export.formats.base_formats import XLSX

    meta = type("Meta", (), {"model": model, "import_id_fields": ("c0",), "fields": names})
    resource = type("Rows", (resources.ModelResource,), {"Meta": meta})()
    data = XLSX().create_dataset(content)
    data.headers = names
    resource.import_data(data, dry_run=False, raise_errors=True)


def ours() -> None:
    """Our import: preview, first import, again with 1 % changed, taking back; and the largest memory."""
    import django

    django.setup()
    from django.db import reset_queries

    from ledgers.actions import imports
    from ledgers.imports.outcome import Done
    from ledgers.imports.sender import Sender
    from orgs.models import Organisation
    from orgs.rules import Kind

    measured = dict[str, float]()
    sender = Sender.console(Organisation.objects.get(kind=Kind.COUNTY))
    kind = sender.ledgers()[LEDGER]
    content, changed = sent(FIRST), sent(CHANGED)

    def whole(book: bytes) -> Done:
        prepared = imports.look(book, kind, sender)
        batch = imports.keep(book, "台账.xlsx", kind, prepared, sender)
        del prepared
        return imports.commit(batch, sender)

    timed(measured, "preview", lambda: imports.look(content, kind, sender))
    first = timed(measured, "first", lambda: whole(content))
    assert first.created == ROWS, first
    again = timed(measured, "again", lambda: whole(changed))
    assert 0 < again.updated < ROWS / 50, again
    reset_queries()
    from ledgers.models import ImportBatch

    newest, oldest = ImportBatch.objects.order_by("-pk")
    imports.undo_import(newest, sender)
    timed(measured, "undo", lambda: imports.undo_import(oldest, sender))
    measured["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(measured))


def measure(kind: str) -> dict[str, float] | None:
    """Fill a scratch database and measure both sides in processes of their own."""
    with tempfile.TemporaryDirectory() as folder, scratch(kind, folder) as database:
        if database is None:
            return None
        env = surroundings(folder, database, 0) | {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "false"}
        found: dict[str, float] = {}
        for call in ("fill", "baselines", "ours"):
            done = subprocess.run(
                [sys.executable, "-c", f"from bench import ledgers; ledgers.{call}()"],
                cwd=BASE_DIR, env=env, check=True, capture_output=call != "fill", text=True,
            )  # fmt: skip
            found |= json.loads(done.stdout.splitlines()[-1]) if call != "fill" else {}
        return found


def main() -> None:
    """Measure and print the ratios."""
    print(f"Import of {ROWS} rows × {len(HEADINGS)} columns")
    for kind in ("SQLite", "PostgreSQL"):
        found = measure(kind)
        if found is None:
            print(f"  {kind}: no server answers")
            continue
        print(
            f"  {kind}: preview {found['preview']:.2f} s (3 at most); import {found['first']:.2f} s,"
            f" {found['first'] / found['plain']:.2f} × reading and bulk_create (2.5 at most),"
            f" {found['import_export'] / found['first']:.1f} × faster than django-import-export (6 at least);"
            f" again with 1 % changed {found['again']:.2f} s, {found['again'] / found['changed_only']:.2f} × comparing"
            f" by hand (2 at most); taking back {found['undo']:.2f} s, {found['undo'] / found['first']:.2f} × the"
            f" import (1 at most); {found['megabytes']:.0f} MB (300 at most)"
        )


if __name__ == "__main__":
    main()

"""A new secret key: everything sealed moves, rows are found meanwhile, and a wrong key opens nothing and stops all."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.test import Client, override_settings
from django.urls import reverse

from ledgers import canary, reorganising, sealing
from ledgers.actions import entries, resealing
from ledgers.actions import imports as actions
from ledgers.actions import superior as tables
from ledgers.boards import life
from ledgers.boards.board import Chosen
from ledgers.imports import sources, staging
from ledgers.imports.sender import Sender
from ledgers.imports.staged import Standing
from ledgers.kinds import as_shipped
from ledgers.models import BatchPart, Entry, ImportBatch, SealingKey, SuperiorTable
from ledgers.superior.sources import Sources
from ledgers.superior.within import Within
from orgs.reorganise.cases import Reorganisation, Verb
from records import files, undo
from records.models import Change, ChangeSet, StoredFile
from tests.cast import Cast
from tests.ledgers.superior import YEAR, blank
from tests.ledgers.test_boards import save as store
from tests.ledgers.workbooks import book

pytestmark = pytest.mark.django_db
OLD, NEW = settings.SECRET_KEY, "brand-new-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
MEMBER = {"member_name": "李流动", "member_birth": "1980-05", "move_direction": "流出", "work_unit": "鞋厂"}
ROWS = [
    ("姓名", "出生年月", "流向", "工作单位"),
    ("李流动", "1980-05", "流出", "鞋厂"),
    ("王流动", "1981-06", "流出", "布厂"),
]

WORKBOOK = book([("村名", *ROWS[0]), *(("石岭村", *row) for row in ROWS[1:])])  # one of the two is stored already
TABLE = blank()


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def both() -> Any:
    """The new key in force, the old one at hand."""
    return override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD])


def alone() -> Any:
    """The new key without the old one."""
    return override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[])


def save(cast: Cast, **values: object) -> Entry:
    kind = as_shipped("mobile_members")
    return entries.save_entry(kind, cast.places["shiling"], "", {**MEMBER, **values}, by=cast.actor("hekou"))


def office(cast: Cast) -> Sender:
    return Sender.of(cast.actor("office"))


def everything(cast: Cast) -> ImportBatch:
    """One of each that is sealed: an entry with history, a deleted one, an import with corrections, a blank table."""
    row = save(cast)
    save(cast, work_unit="电子厂", member_phone="13900001234")
    gone = save(cast, member_name="赵删除")
    entries.delete(gone, as_shipped("mobile_members"), by=cast.actor("office"))
    batch = actions.receive(WORKBOOK, "流动党员.xlsx", office(cast), "mobile_members")
    address = staging.load(batch)[1].address
    actions.correct(batch, address, {"values": {"work_unit": "伞厂"}}, office(cast))
    by = cast.actor("office")
    tables.keep(TABLE, "市表.xlsx", Sources(by, Within.of(by, YEAR)), by=by)
    assert Entry.objects.get() == row
    batch.refresh_from_db()
    return batch


def stored() -> str:
    """All that is sealed, as it is stored."""
    found = [
        list(Entry.objects.order_by("pk").values_list("pk", "key", "values", "version")),
        list(Change.objects.order_by("pk").values_list("pk", "before", "after")),
        [[part.pk, bytes(part.content).hex()] for part in BatchPart.objects.order_by("pk")],
        list(ImportBatch.objects.order_by("pk").values_list("pk", "fixes")),
        list(StoredFile.objects.order_by("pk").values_list("pk", "sha256")),
    ]
    return json.dumps(found, sort_keys=True)


def opens_with_the_keys_in_force(cast: Cast, batch: ImportBatch) -> None:
    """Everything opens and says what it said."""
    kept = Entry.objects.get(pk=Entry.objects.order_by("pk").values_list("pk", flat=True)[0])
    assert sealing.open_all(kept.values)["member_phone"] == "13900001234"
    for change in Change.objects.filter(kind="ledgers.entry"):
        for picture in filter(None, (change.before, change.after)):
            for value in picture.get("values", {}).values():
                assert sealing.opened(value) is not None
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert [row.values["member_name"] for row in staging.load(batch)] == ["李流动", "王流动"]
    assert json.dumps(staging.fixes_of(batch), ensure_ascii=False).count("伞厂") == 1
    assert sources.content_of(sources.newest(batch)) == WORKBOOK
    assert tables.content_of(SuperiorTable.objects.get()) == TABLE


def test_everything_sealed_opens_by_the_new_key_alone_and_can_still_be_undone(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    batch = everything(cast)
    versions = list(Entry.objects.values_list("pk", "version"))
    sets = {verb: ChangeSet.objects.filter(verb=verb).latest("pk") for verb in ("ledgers.delete", "ledgers.save")}
    second = ChangeSet.objects.filter(verb="ledgers.save").order_by("pk")[1]
    with both(), django_capture_on_commit_callbacks(execute=True):
        call_command("reseal_entries")
    with alone():
        assert canary.complaint() is None
        opens_with_the_keys_in_force(cast, batch)
        assert list(Entry.objects.values_list("pk", "version")) == versions
        assert [mark.mark for mark in SealingKey.objects.all()] == [sealing.mark_of(NEW)]
        assert undo.undo(sets["ledgers.delete"], by=cast.actor("office")).kept == []
        assert sealing.open_all(Entry.objects.latest("pk").values)["member_name"] == "赵删除"
        assert undo.undo(second, by=cast.actor("office")).kept == []
        assert sealing.open_all(Entry.objects.order_by("pk")[0].values)["work_unit"] == "鞋厂"
        assert save(cast, member_name="赵删除") == Entry.objects.latest("pk"), "it is found again"
    assert all(files.is_whole(file) for file in StoredFile.objects.all())
    with override_settings(SECRET_KEY=OLD, SECRET_KEY_FALLBACKS=[]):
        assert canary.complaint() == canary.WRONG


def test_running_it_again_changes_nothing(cast: Cast) -> None:
    everything(cast)
    with both():
        resealing.reseal()
        before = stored()
        assert resealing.reseal() == 0
        assert stored() == before


def test_rows_are_found_while_keys_are_being_changed(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    row = save(cast)
    with both():
        assert save(cast, work_unit="电子厂").pk == row.pk
        batch = actions.receive(WORKBOOK, "流动党员.xlsx", office(cast), "mobile_members")
        assert [found.standing for found in staging.load(batch)] == [Standing.CHANGED, Standing.NEW]
        actions.commit(batch, office(cast))
        assert Entry.objects.count() == 2
        page = signed_in("office").get(reverse("ledger", args=["mobile_members"]), {"q": "李流动"})
        assert page.context["page"].paginator.count == 1
        resealing.reseal()
        assert save(cast, work_unit="帽厂").pk == row.pk
        assert Entry.objects.count() == 2


def test_a_merger_while_keys_are_being_changed_still_finds_the_same_person_twice(cast: Cast) -> None:
    kind, by = as_shipped("mobile_members"), cast.actor("hekou")
    save(cast)
    with both():
        entries.save_entry(kind, cast.places["liuwan"], "", MEMBER, by=by)
        shiling, liuwan = cast.places["shiling"], cast.places["liuwan"]
        case = Reorganisation(Verb.MERGE, (shiling,), by.on, target=liuwan)
        moving, staying = reorganising.sort_out(case)
    assert (moving, len(staying)) == ([], 1)


def test_persons_are_counted_once_while_keys_are_being_changed(cast: Cast) -> None:
    came = {"held_on": "2026-05", "trainee_name": "王甲", "training_name": "轮训"}
    store(cast, "training_attendance", [("shiling", YEAR, came)])
    with both():
        store(cast, "training_attendance", [("shiling", YEAR, {**came, "training_name": "二期"})])
        rows = list(life.trained(Chosen(cast.actor("office"), int(YEAR))))
    assert len(rows) == 1


def breaks_entry(_batch: ImportBatch) -> str:
    row = Entry.objects.get()
    row.values["member_phone"] = f"sealed:{'0' * 16}:{other_token()}"
    Entry.objects.filter(pk=row.pk).update(values=row.values)
    return f"entry {row.pk}, member_phone"


def breaks_history(_batch: ImportBatch) -> str:
    change = Change.objects.filter(kind="ledgers.entry").order_by("pk")[0]
    change.after["values"]["member_name"] = f"sealed:{'0' * 16}:{other_token()}"
    Change._base_manager.bulk_update([change], ["after"])
    return f"change {change.pk} of entry {change.object_id}, member_name"


def breaks_part(batch: ImportBatch) -> str:
    BatchPart.objects.filter(batch=batch).update(content=other_token().encode())
    return f"part 0 of import {batch.pk}"


def breaks_fixes(batch: ImportBatch) -> str:
    ImportBatch.objects.filter(pk=batch.pk).update(fixes=other_token())
    return f"corrections of import {batch.pk}"


def breaks_file(_batch: ImportBatch) -> str:
    file = SuperiorTable.objects.get().file
    files.content_path(file).write_bytes(b"damaged")
    return f"stored file {file.pk}"


def loses_file(batch: ImportBatch) -> str:
    file = sources.newest(batch).file
    assert file is not None
    files.content_path(file).unlink()
    return f"stored file {file.pk}"


def other_token() -> str:
    with override_settings(SECRET_KEY="a third one", SECRET_KEY_FALLBACKS=[]):
        return sealing.seal_bytes(json.dumps("机主").encode()).decode()


@pytest.mark.parametrize(
    "breaks",
    [breaks_entry, breaks_history, breaks_part, breaks_fixes, breaks_file, loses_file],
    ids=lambda b: b.__name__,
)
def test_it_refuses_and_names_the_row_when_one_value_does_not_open(
    cast: Cast, breaks: Callable[[ImportBatch], str], capsys: pytest.CaptureFixture[str]
) -> None:
    batch = everything(cast)
    name = breaks(batch)
    before = stored()
    with both():
        with pytest.raises(CommandError, match="do not open"):
            call_command("reseal_entries")
        told = capsys.readouterr().err
        assert told.strip().splitlines() == [name]
        assert stored() == before
        call_command("reseal_entries", leave=True)
        assert canary.complaint() is None
    with alone():
        assert canary.complaint() is None


@pytest.mark.parametrize("moment", ["_fixes", "_part", "_file", "_save"])
def test_killed_half_way_everything_opens_and_the_next_run_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class Killed(BaseException):
        pass

    def kill(self: resealing.Pass, *_given: Any) -> bool:
        if self.write:
            raise Killed
        return False

    batch = everything(cast)
    with monkeypatch.context() as patch:
        patch.setattr(resealing.Pass, moment, kill)
        with both(), pytest.raises(Killed):
            resealing.reseal()
    with both():
        assert canary.complaint() is None
        opens_with_the_keys_in_force(cast, batch)
        assert save(cast, work_unit="电子厂", member_phone="13900001234").pk == Entry.objects.order_by("pk")[0].pk
    for key in (NEW, OLD):
        with override_settings(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[]):
            assert canary.complaint() == canary.WRONG, "both keys are needed half way"
    with both():
        resealing.reseal()
    with alone():
        assert canary.complaint() is None
        opens_with_the_keys_in_force(cast, batch)


@contextmanager
def unchanged() -> Iterator[None]:
    before = stored()
    yield
    assert stored() == before


def test_with_a_wrong_key_nothing_is_written_over_what_does_not_open(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    batch = everything(cast)
    with alone(), unchanged():
        row = Entry.objects.get()
        with pytest.raises(PermissionDenied):
            entries.rename_entry(
                row, as_shipped("mobile_members"), "", MEMBER, by=cast.actor("hekou"), marks={}, expected=row.version
            )
        with pytest.raises(PermissionDenied):
            staging.fixes_of(ImportBatch.objects.get(pk=batch.pk))
        answer = signed_in("office").get(reverse("ledger_import", args=[batch.pk]))
        assert answer.status_code == 403
        assert "密钥" in answer.content.decode()


def test_the_first_start_writes_the_key_down_and_a_wrong_one_is_told_by_check(cast: Cast) -> None:
    canary.begin()
    assert [mark.mark for mark in SealingKey.objects.all()] == [sealing.mark_of(OLD)]
    call_command("check")
    with alone(), pytest.raises(SystemCheckError, match="SECRET_KEY"):
        call_command("check")
    with both():
        call_command("check")
        canary.begin()
    assert SealingKey.objects.count() == 2
    call_command("check", fail_level="CRITICAL")
    assert canary.complaint() == canary.WRONG, "the new key may have sealed something"


@pytest.mark.parametrize("left", ["entry", "import", "table"])
def test_a_first_start_with_a_wrong_key_writes_none_down_over_what_is_there(
    cast: Cast, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary.connections, "close_all", lambda: None)  # the test's own transaction is in them
    everything(cast)
    if left != "entry":
        Entry.objects.all().delete()
    if left != "import":
        ImportBatch.objects.update(fixes="")
        BatchPart.objects.all().delete()
        sources.newest(ImportBatch.objects.get()).delete()
    if left != "table":
        SuperiorTable.objects.all().delete()
    with alone():
        assert canary.complaint() == canary.WRONG
        with pytest.raises(SystemExit, match="SECRET_KEY"):
            canary.require()
    assert not SealingKey.objects.exists()

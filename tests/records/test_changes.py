"""Change sets: written with the rows, noticed conflicts, undone exactly."""

import pytest

from orgs.models import Organisation, Responsibility
from orgs.rules import Duty, Kind
from orgs.tree import placing
from records import changes
from records.changes import Conflict, change_set
from records.models import Change, ChangeSet
from records.undo import AlreadyUndone, undo
from tests.cast import Cast


def rows_of(model: type) -> list[dict[str, object]]:
    """Every row of a model, all columns."""
    return list(model.objects.order_by("pk").values())


def test_an_update_keeps_before_and_after_of_the_changed_columns(cast: Cast) -> None:
    village = cast.places["shiling"]
    with change_set("test.rename", by=cast.actor("hekou"), note="撤并") as writer:
        writer.update(village, name="新石岭村")
    change = Change.objects.get(change_set=writer.record)
    assert change.before["name"] == "石岭村"
    assert change.after["name"] == "新石岭村"
    assert set(change.after) == {"name", "version"}
    assert (change.organisation_id, writer.record.user) == (village.pk, cast.people["hekou"])


def test_a_stale_save_raises_and_writes_nothing(cast: Cast) -> None:
    mine = Organisation.objects.get(code="990121100200")
    theirs = Organisation.objects.get(code="990121100200")
    with change_set("test.rename", by=cast.actor("hekou")) as writer:
        writer.update(theirs, name="乙名")
    before = ChangeSet.objects.count()
    with pytest.raises(Conflict) as caught, change_set("test.rename", by=cast.actor("hekou2")) as writer:
        writer.update(mine, name="甲名")
    assert caught.value.current.name == "乙名"
    assert Organisation.objects.get(pk=mine.pk).name == "乙名"
    assert ChangeSet.objects.count() == before


def test_a_stale_row_in_a_batch_raises_and_writes_nothing(cast: Cast) -> None:
    mine = list(Organisation.objects.filter(kind=Kind.VILLAGE))
    with change_set("test.rename", by=cast.actor("hekou")) as writer:
        writer.update(Organisation.objects.get(code="990121100200"), name="乙名")
    for row in mine:
        row.name = "甲名"
    with pytest.raises(Conflict), change_set("test.rename", by=cast.actor("hekou2")) as writer:
        writer.update_all(mine, ["name"])
    assert not Organisation.objects.filter(name="甲名").exists()


def test_saving_what_stands_already_writes_no_change(cast: Cast) -> None:
    village = cast.places["shiling"]
    version = village.version
    with change_set("test.rename", by=cast.actor("hekou")) as writer:
        writer.update(village, name="石岭村")
    assert not Change.objects.filter(change_set=writer.record).exists()
    assert Organisation.objects.get(pk=village.pk).version == village.version == version


def test_undo_restores_every_column_of_every_row(cast: Cast) -> None:
    before = rows_of(Organisation), rows_of(Responsibility)
    actor = cast.actor("hekou")
    with change_set("test.several", by=actor) as writer:
        village = writer.update(cast.places["shiling"], name="新名", short_name="新")
        writer.update(village, name="更新的名")
        made = Responsibility(organisation=village, duty=Duty.VILLAGE_CADRE, person_name="王某")
        writer.create(made)
        for place in (cast.places["liuwan"], cast.places["hekou"]):
            place.short_name = "改"
        writer.update_all([cast.places["liuwan"], cast.places["hekou"]], ["short_name"])
        placing.add(writer, [Organisation(code="X1", name="新村", kind=Kind.VILLAGE, parent=cast.places["hekou"])])
    assert rows_of(Organisation) != before[0]
    undone = undo(writer.record, by=actor)
    assert (rows_of(Organisation), rows_of(Responsibility)) == before
    assert undone.kept == []
    with pytest.raises(AlreadyUndone):
        undo(writer.record, by=actor)


def test_undo_keeps_and_names_rows_edited_since(cast: Cast) -> None:
    actor = cast.actor("hekou")
    with change_set("test.rename", by=actor) as first:
        first.update(cast.places["shiling"], name="甲名")
        first.update(cast.places["liuwan"], name="乙名")
    with change_set("test.rename", by=cast.actor("hekou2")) as writer:
        writer.update(cast.places["shiling"], name="后来的名")
    undone = undo(first.record, by=actor)
    assert [name for _kind, name in undone.kept] == ["后来的名"]
    assert Organisation.objects.get(pk=cast.places["liuwan"].pk).name == "柳湾村"


def test_undo_of_an_undo_brings_the_change_back(cast: Cast) -> None:
    actor = cast.actor("hekou")
    with change_set("test.rename", by=actor) as writer:
        writer.update(cast.places["shiling"], name="甲名")
    after = rows_of(Organisation)
    back = undo(writer.record, by=actor)
    undo(back.change_set, by=actor)
    assert rows_of(Organisation) == after


def test_undo_brings_a_deleted_row_back(cast: Cast) -> None:
    actor = cast.actor("hekou")
    with change_set("test.make", by=actor) as writer:
        row = writer.create(Responsibility(organisation=cast.places["shiling"], duty=Duty.FIRST, person_name="李某"))
    before = rows_of(Responsibility)
    with change_set("test.drop", by=actor) as writer:
        writer.delete(row)
    undo(writer.record, by=actor)
    assert rows_of(Responsibility) == before


def test_history_is_never_rewritten(cast: Cast) -> None:
    record = ChangeSet.objects.first()
    assert record is not None
    with pytest.raises(TypeError):
        record.save()
    with pytest.raises(TypeError):
        ChangeSet.objects.all().delete()
    with pytest.raises(TypeError):
        ChangeSet.objects.update(verb="x")


def test_a_password_never_enters_the_history(cast: Cast) -> None:
    assert "password" not in changes.picture(cast.people["hekou"])


def test_undo_keeps_a_created_row_that_others_lean_on(cast: Cast) -> None:
    actor = cast.actor("office")
    with change_set("test.found", by=actor) as writer:
        placing.add(writer, [Organisation(code="X1", name="新村", kind=Kind.VILLAGE, parent=cast.places["hekou"])])
    village = Organisation.objects.get(code="X1")
    with change_set("test.make", by=actor) as later:
        later.create(Responsibility(organisation=village, duty=Duty.FIRST, person_name="李某"))
    undone = undo(writer.record, by=actor)
    assert ("orgs.organisation", "新村") in undone.kept
    assert Organisation.objects.filter(code="X1").exists()


@pytest.mark.parametrize("keys", [(7001, 7002, 7003), (7001, 7004, 7003), (7001, 8002, 9003)])
def test_undo_keeps_only_the_row_others_lean_on(cast: Cast, keys: tuple[int, int, int]) -> None:
    actor, town = cast.actor("office"), cast.places["hekou"]
    made = [Organisation(pk=pk, code=f"X{pk}", name="新村", kind=Kind.VILLAGE, parent=town) for pk in keys]
    with change_set("test.found", by=actor) as writer:
        placing.add(writer, made)
    beside = Organisation(pk=7002 if 7002 not in keys else 7005, code="Y", name="旁村", kind=Kind.VILLAGE, parent=town)
    with change_set("test.beside", by=actor) as later:
        placing.add(later, [beside])
        later.create(Responsibility(organisation=beside, duty=Duty.FIRST, person_name="李某"))
        later.create(Responsibility(organisation=made[1], duty=Duty.FIRST, person_name="李某"))
    undone = undo(writer.record, by=actor)
    left = Organisation.objects.filter(pk__in=[*keys, beside.pk]).values_list("pk", flat=True)
    assert set(left) == {keys[1], beside.pk}
    assert undone.kept == [("orgs.organisation", "新村")]


def test_undo_of_many_rows_takes_few_queries(cast: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    before = rows_of(Organisation)
    county = cast.places["county"]
    town = Organisation(code="T", name="新镇", kind=Kind.TOWNSHIP, parent=county)
    villages = [Organisation(code=f"V{n}", name=f"{n}村", kind=Kind.VILLAGE, parent=town) for n in range(300)]
    with change_set("test.found", by=cast.actor("office")) as writer:
        placing.add(writer, [town, *villages])
    pointing = [relation for relation in Organisation._meta.get_fields(include_hidden=True) if relation.auto_created]
    with django_assert_max_num_queries(2 * len(pointing) + 20):  # two batches, each relation asked once in each
        undo(writer.record, by=cast.actor("office"))
    assert rows_of(Organisation) == before

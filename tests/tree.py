"""What must hold of the tree of organisations whatever was done to it."""

from orgs import paths
from orgs.models import Organisation
from orgs.rules import OPERATING


def check_tree() -> None:
    """Path, depth and township follow from the parent, and no step is used twice."""
    rows = list(Organisation.objects.select_related("parent"))
    steps = [row.path[-paths.PATH_STEP :] for row in rows]
    assert len(set(steps)) == len(steps), "a step is used twice"
    for row in rows:
        parent = row.parent
        assert row.path[: -paths.PATH_STEP] == (parent.path if parent else ""), row
        assert row.depth == (parent.depth + 1 if parent else 0), row
        township = row.pk if row.kind in OPERATING else parent.township_id if parent else None
        assert row.township_id == township, row

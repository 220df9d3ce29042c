"""Two at once: which errors of the database mean that somebody else wrote the same rows at the same moment."""

from django.db import Error, IntegrityError, OperationalError

_MET = frozenset({"23505", "23503", "40P01", "40001"})  # unique, foreign key, deadlock, serialization
_MET_IN_SQLITE = ("UNIQUE constraint failed", "FOREIGN KEY constraint failed")


def have_met(error: BaseException) -> bool:
    """Whether the error came from what another wrote meanwhile: done once more, it finds what the other left."""
    if not isinstance(error, Error) or not isinstance(error, IntegrityError | OperationalError):
        return False
    state = getattr(error.__cause__, "pgcode", None)
    return state in _MET if state is not None else str(error).startswith(_MET_IN_SQLITE)

"""Which secret keys sealed what is in the database."""

from typing import ClassVar

from django.db import models


class SealingKey(models.Model):
    """A secret key that sealed something here, by its mark (``ledgers.sealing.mark_of``): without it that is lost.

    When keys are changed there are two rows, until everything is sealed anew.
    """

    mark = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.mark[:8]

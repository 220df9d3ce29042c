"""Why something cannot be done now, in a sentence for the person who tried."""


class Refused(Exception):
    """It does not fit where things stand; ``field`` names the form field to put right, if there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field

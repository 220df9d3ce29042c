"""The keys in addresses: whole numbers that every database can hold."""

from django.urls import register_converter

from records.concealing import ChangeSetConverter


class KeyConverter:
    """A row's key or a place in a list: up to 18 digits, which fit a BIGINT; anything longer is no address (404)."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: object) -> str:
        """The number as it stands in an address."""
        return str(value)


def register() -> None:
    """Make ``<key:…>`` and ``<changeset:…>`` known.

    Django's own converter takes any whole number, and a query by a longer one fails.
    """
    register_converter(KeyConverter, "key")
    register_converter(ChangeSetConverter, "changeset")

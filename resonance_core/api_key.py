"""Keys of services: what holds them, so that they are never shown."""

from pydantic import SecretStr


class ApiKey(SecretStr):
    """A key, which prints as asterisks, and where it comes from, for errors.

    Attributes:
        source: Where the key stands, as ``GEMINI_API_KEY``.
    """

    def __init__(self, secret_value: str, source: str) -> None:
        super().__init__(secret_value)
        self.source = source

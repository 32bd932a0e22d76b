"""The one error of Fraisier, with a stable code from ``spec/errors.yaml``."""

from __future__ import annotations

from fraisier.domain.error_codes import ERROR_CODES, ErrorCode


class FraisierError(Exception):
    """
    Something that a user can act on.

    ``code`` is a key of ``spec/errors.yaml`` and decides the exit status and the
    HTTP status. ``at`` is the place (``fraises.yaml:12: fraises.shop.type``),
    ``hint`` the way out. Neither may hold a secret.

    Raises:
        KeyError: ``code`` is not in ``spec/errors.yaml``: a fault in Fraisier.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        at: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.facts: ErrorCode = ERROR_CODES[code]
        self.code = code
        self.at = at
        self.hint = hint

    @property
    def exit_status(self) -> int:
        """Exit status of a command that ends with this error."""
        return self.facts.exit_status

    @property
    def http_status(self) -> int:
        """HTTP status of a response that carries this error."""
        return self.facts.http_status

    def as_dict(self) -> dict[str, str | None]:
        """The error as ``--json``, HTTP bodies and events show it."""
        return {"code": self.code, "message": self.message, "at": self.at, "hint": self.hint}

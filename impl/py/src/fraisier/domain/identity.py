"""Who asks, and what that one may do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from fraisier.domain.errors import FraisierError

SCOPES = ("read", "deploy", "admin")
TOKEN_PREFIX = "fraisier_"


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Somebody who has shown who they are; ``name`` is what the history calls them.

    No scope includes another one: a token has those that it was made with.
    """

    name: str
    scopes: frozenset[str] = frozenset()

    def require(self, scope: str) -> None:
        """
        Go on only with this scope.

        Raises:
            FraisierError: ``forbidden``.
        """
        if scope not in self.scopes:
            raise FraisierError(
                f'{self.name} may not do this: it needs the scope "{scope}"',
                code="forbidden",
                hint=f"fraisier token create NAME --scope {scope} makes a token that may",
            )


NOBODY = Identity("nobody")


@lru_cache(maxsize=8)
def with_all_scopes(name: str) -> Identity:
    """Somebody who may do everything."""
    return Identity(name, frozenset(SCOPES))

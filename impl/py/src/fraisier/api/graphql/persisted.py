"""Documents that a request names instead of sending them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NoReturn, cast

from fraisier.api.graphql.failures import RequestRefusedError
from fraisier.domain.errors import FraisierError

KEPT_DOCUMENTS = 1_000
KEPT_CHARACTERS = 16_384
_ALGORITHM = "sha256:"


class PersistedDocuments:
    """
    Automatic persisted queries: what was sent once with its hash is found by it later,
    the latest thousand of them. Where there are trusted documents only those are found.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._trusted: Mapping[str, str] | None = None
        self._hashes: Mapping[str, str] = {}

    def find(self, query: str, shown: str | None, trusted: Mapping[str, str] | None) -> str:
        """
        The text to execute, for the text of a request (empty: none) and the id or hash
        that it shows.

        Raises:
            RequestRefusedError: ``persisted-query-not-found``, ``persisted-query-mismatch``,
                ``graphql-document-not-trusted``.
        """
        if shown is None:
            return query
        key = shown.removeprefix(_ALGORITHM)
        if query:
            if key.lower() != _hash(query):
                message = "The hash is not that of the document."
                raise RequestRefusedError.because(message, "persisted-query-mismatch")
            return query
        if trusted is not None:
            return self._find_trusted(shown, key, trusted)
        found = self._kept.get(key.lower())
        if found is None:
            # Clients of automatic persisted queries know this very word.
            raise RequestRefusedError.because("PersistedQueryNotFound", "persisted-query-not-found")
        self._kept.move_to_end(key.lower())
        return found

    def keep(self, query: str) -> None:
        """Remember a document that was executed, and asked for with its hash."""
        if len(query) <= KEPT_CHARACTERS:
            self._kept[_hash(query)] = query
            self._kept.move_to_end(_hash(query))
            if len(self._kept) > KEPT_DOCUMENTS:
                self._kept.popitem(last=False)

    def _find_trusted(self, shown: str, key: str, trusted: Mapping[str, str]) -> str:
        if trusted is not self._trusted:
            self._trusted = trusted
            self._hashes = {_hash(text): text for text in trusted.values()}
        found = trusted.get(shown) or trusted.get(key) or self._hashes.get(key.lower())
        if found is None:
            raise not_trusted()
        return found


def not_trusted() -> RequestRefusedError:
    """The refusal of a document that is not on the list."""
    message = "This server runs only the documents of its list."
    return RequestRefusedError.because(message, "graphql-document-not-trusted")


def shown_in(fields: Mapping[str, Any]) -> str | None:
    """
    The id or hash that a request shows: ``documentId``, or ``persistedQuery`` in its
    extensions.

    Raises:
        FraisierError: ``graphql-bad-request``.
    """
    given: Any = fields.get("documentId")
    extensions: Any = fields.get("extensions")
    if given is None and isinstance(extensions, dict):
        given = _hash_in(cast("dict[str, Any]", extensions).get("persistedQuery"))
    if given is not None and not isinstance(given, str):
        _refuse('"documentId" and "sha256Hash" must be texts.')
    return given


def _hash_in(persisted: Any) -> Any:
    if persisted is None:
        return None
    if not isinstance(persisted, dict):
        _refuse('"persistedQuery" must be an object.')
    asked = cast("dict[str, Any]", persisted)
    if asked.get("version") != 1 or "sha256Hash" not in asked:
        _refuse('"persistedQuery" must have version 1 and a sha256Hash.')
    return asked["sha256Hash"]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _refuse(message: str) -> NoReturn:
    raise FraisierError(message, code="graphql-bad-request")

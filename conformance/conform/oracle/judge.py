"""The verdict over one exchange: everything that is wrong with it, in words."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from graphql import GraphQLSchema, build_schema

from conform.oracle import errors
from conform.oracle.documents import Document, UnfitError, read
from conform.oracle.exchange import Asked, Exchange
from conform.oracle.shape import Shape
from conform.places import checkout

MEDIA_TYPES = ("application/json", "application/graphql-response+json")
REMEMBERED = 512
# Codes that say that the document itself is wrong.
OF_DOCUMENTS = {"parse": "graphql-parse-failed", "validation": "graphql-validation-failed"}


class Judge:
    """
    Judges exchanges by an SDL and the known codes.

    It remembers documents that it has seen, so that it can judge requests that only
    name one by its hash.
    """

    def __init__(self, schema: GraphQLSchema, codes: Collection[str]) -> None:
        self._schema = schema
        self._codes = frozenset(codes)
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._read = functools.lru_cache(REMEMBERED)(self._read_document)

    def problems(self, exchange: Exchange) -> list[str]:
        """Everything that is wrong with an exchange; nothing when it is not about GraphQL."""
        return list(self._problems(exchange)) if exchange.concerns_graphql else []

    def _problems(self, exchange: Exchange) -> Iterator[str]:
        response = _decoded(exchange.text)
        if response is None:
            yield f"the body is no JSON object: {exchange.text[:200]!r}"
        elif response.keys() == {"error"}:
            if exchange.status < 400:
                yield f"an error with status {exchange.status}"
        else:
            asked = exchange.asked()
            document = self._text(asked)
            yield from _envelope(exchange, response)
            yield from errors.problems(response, document, self._codes)
            yield from self._content(response, asked, document)

    def _text(self, asked: Asked | None) -> str | None:
        if asked is None:
            return None
        if asked.query is None:
            return self._texts.get(asked.hash or "")
        self._texts[hashlib.sha256(asked.query.encode(errors="replace")).hexdigest()] = asked.query
        if len(self._texts) > REMEMBERED:
            self._texts.popitem(last=False)
        return asked.query

    def _content(
        self, response: Mapping[str, Any], asked: Asked | None, text: str | None
    ) -> Iterator[str]:
        if asked is None:
            if "data" in response:
                yield "there is data, though this is no request"
        elif text is not None:
            try:
                yield from self._executed(response, asked, self._read(text))
            except UnfitError as unfit:
                if "data" in response:
                    yield f"there is data, though this is wrong: {unfit}"

    def _executed(
        self, response: Mapping[str, Any], asked: Asked, read: Document | UnfitError
    ) -> Iterator[str]:
        if isinstance(read, UnfitError):
            raise read
        operation = read.operation(asked.operation)
        variables = read.variables(operation, asked.variables)
        if "data" not in response:
            yield from _refused_for_nothing(response)
            return
        root = self._schema.get_root_type(operation.operation)
        assert root is not None, f"the schema has no {operation.operation}"
        shape = Shape(read, variables)
        yield from shape.problems(response["data"], root, [operation.selection_set])

    def _read_document(self, text: str) -> Document | UnfitError:
        try:
            return read(self._schema, text)
        except UnfitError as unfit:
            return unfit


def _decoded(text: str) -> dict[str, Any] | None:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _envelope(exchange: Exchange, response: Mapping[str, Any]) -> Iterator[str]:
    """Keys, media type and status: what does not depend on the document."""
    keys = response.keys()
    if not keys & {"data", "errors"} or keys - {"data", "errors", "extensions"}:
        yield f"the response has the keys {sorted(keys)}"
    if "errors" not in keys and response.get("data", 0) is None:
        yield "data is null, and no error says why"
    media_type, _, parameters = exchange.content_type.partition(";")
    if media_type not in MEDIA_TYPES or "charset=utf-8" not in parameters.lower():
        yield f"the content type is {exchange.content_type!r}"
    status = exchange.status
    if "data" in keys and not 200 <= status < 300:
        yield f"data comes with status {status}"
    elif "data" not in keys and media_type != MEDIA_TYPES[0] and not 400 <= status < 500:
        yield f"what was not executed comes with status {status} as {media_type}"
    elif status >= 500:
        yield f"GraphQL's errors come with status {status}"


def _refused_for_nothing(response: Mapping[str, Any]) -> Iterator[str]:
    wrongly = {*OF_DOCUMENTS.values(), "graphql-bad-variables", "graphql-bad-request"}
    for error in response.get("errors") or ():
        code = errors.code_of(error)
        if code in wrongly:
            yield f"{code}, though document and variables are right: {error.get('message')}"


@functools.cache
def judge() -> Judge:
    """The judge of the checkout's schema, made once for a process."""
    root: Path = checkout()
    schema = build_schema((root / "schema/compiled/schema.graphql").read_text())
    known: Any = yaml.safe_load((root / "spec/errors.yaml").read_text())
    return Judge(schema, known["codes"].keys())

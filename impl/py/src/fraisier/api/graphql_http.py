"""GraphQL over HTTP: media types, methods and the shape of a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn, cast
from urllib.parse import parse_qsl

from fraisier.api.graphql.executor import Executor, Result
from fraisier.api.graphql.failures import RequestRefusedError, describe
from fraisier.api.graphql.mutations import Gate, GraphQLDatabase
from fraisier.api.graphql.persisted import PersistedDocuments, shown_in
from fraisier.api.kept_answers import KeptAnswers
from fraisier.config import ServerSettings
from fraisier.domain.errors import FraisierError
from fraisier.domain.identity import Identity

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
_ALLOWED = [(b"allow", b"GET, POST")]

Response = tuple[int, list[tuple[bytes, bytes]], bytes]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks, taken out of a body or a query string."""

    query: str
    operation_name: str | None
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])
    shown: str | None = None  # id or hash of a document; then ``query`` may be empty


class Asked(NamedTuple):
    """A request of HTTP, as far as it decides on its answer. Header names are in lower case."""

    method: str
    headers: Mapping[str, str]
    query_string: bytes
    body: bytes
    identity: Identity | None = None

    @property
    def question(self) -> Hashable:
        """The same for two requests that are answered alike."""
        method, headers, query_string, body, identity = self
        scopes = identity and identity.scopes
        accept, content_type = headers.get("accept"), headers.get("content-type")
        return method, query_string, body, accept, content_type, scopes


@dataclass(slots=True)
class Known:
    """An answer that is kept; ``wire`` is how a server sends it, once it has."""

    answer: Response
    wire: bytes | None = None


class GraphqlHttp:
    """
    The endpoint ``/graphql`` without its server.

    ``application/json`` answers 200 to every well-formed request;
    ``application/graphql-response+json`` answers 400 when nothing was executed, 403 when
    that is for want of a scope.
    No fault of a client gives a 5xx.
    """

    def __init__(
        self,
        compiled_schema: Mapping[str, Any],
        database: GraphQLDatabase,
        gate: Gate | None = None,
        settings: Callable[[], ServerSettings] | None = None,
    ) -> None:
        usual = ServerSettings()
        self._settings = settings or (lambda: usual)
        self._persisted = PersistedDocuments()
        self._kept = KeptAnswers[Known](database.changes)
        self.executor = Executor(compiled_schema, database, gate, self._settings)

    async def handle(
        self,
        method: str,
        headers: Mapping[str, str],
        query_string: bytes,
        body: bytes,
        identity: Identity | None = None,
    ) -> Response:
        """
        Answer one request. Names of ``headers`` are in lower case.

        What ``identity`` may not do is refused; without one everything is allowed.
        """
        asked = Asked(method, headers, query_string, body, identity)
        known = self.known(asked)
        return known.answer if known is not None else await self.find_out(asked)

    def known(self, asked: Asked) -> Known | None:
        """The answer, if it was given before and is still right."""
        return self._kept.find(asked.question, self._settings())

    async def find_out(self, asked: Asked) -> Response:
        """The answer to what was looked for and is not known."""
        as_of = self._kept.as_of
        answer, lasts = await self._respond(asked)
        if lasts:
            size = len(asked.query_string) + len(asked.body) + len(answer[2])
            self._kept.keep(as_of, asked.question, Known(answer), size)
        return answer

    async def _respond(self, asked: Asked) -> tuple[Response, bool]:
        """The answer, and whether it stays right until the database changes."""
        media_type = JSON
        method, headers, query_string, body, identity = asked
        try:
            media_type = negotiate(headers.get("accept"))
            if method not in ("GET", "POST"):
                _refuse(f"{method} is not answered here.", "method-not-allowed")
            request = self._read(method, headers, query_string, body)
            query = self.document(request)
            if method == "GET":
                self._refuse_writing(query, request.operation_name)
        except FraisierError as error:
            return _failure(error, media_type), False
        except RequestRefusedError as refused:
            return _answer(_refusal(refused), media_type), False
        result = await self.executor.execute(
            query, request.operation_name, request.variables, identity=identity
        )
        if request.shown is not None and result.executed and self._trusted is None:
            self._persisted.keep(query)
        return _answer(result, media_type), result.lasts

    def document(self, request: GraphQLRequest) -> str:
        """
        The document to execute, whatever transport it came by.

        Raises:
            RequestRefusedError: It is not on the list, or is not known by what was shown.
        """
        return self._persisted.find(request.query, request.shown, self._trusted)

    @property
    def _trusted(self) -> Mapping[str, str] | None:
        return self._settings().graphql.documents

    def _read(
        self, method: str, headers: Mapping[str, str], query_string: bytes, body: bytes
    ) -> GraphQLRequest:
        if method == "GET":
            return read_get(query_string, persisted=True)
        bytes_max = self._settings().graphql.body
        if len(body) > bytes_max:
            _refuse(f"The body is larger than {bytes_max} bytes.", "body-too-large")
        return read_post(headers, body, persisted=True)

    def _refuse_writing(self, query: str, operation_name: str | None) -> None:
        if self.executor.operation_kind(query, operation_name) == "mutation":
            _refuse("A mutation needs POST.", "method-not-allowed")


def _refusal(refused: RequestRefusedError) -> Result:
    body = json.dumps({"errors": refused.errors}).encode()
    return Result(body, executed=False, has_errors=True)


def _answer(result: Result, media_type: str) -> Response:
    refused = 403 if result.forbidden else 400
    status = 200 if result.executed or media_type == JSON else refused
    return status, [(b"content-type", _content_type(media_type))], result.body


def _failure(error: FraisierError, media_type: str) -> Response:
    body = json.dumps({"errors": [describe(error.message, error.code)]}).encode()
    headers = [(b"content-type", _content_type(media_type))]
    if error.code == "method-not-allowed":
        headers += _ALLOWED
    return error.http_status, headers, body


def _content_type(media_type: str) -> bytes:
    return f"{media_type}; charset=utf-8".encode()


def _refuse(message: str, code: str = "graphql-bad-request") -> NoReturn:
    raise FraisierError(message, code=code)


@lru_cache(maxsize=32)
def negotiate(accept: str | None) -> str:
    """
    The media type to answer in; ``application/json`` when the client leaves it open.

    Raises:
        FraisierError: ``not-acceptable``.
    """
    if accept is None or not accept.strip():
        return JSON
    chosen, best = None, 0.0
    for entry in accept.split(","):
        name, _, parameters = entry.partition(";")
        media_type = _SERVED.get(name.strip().lower())
        quality = _quality(parameters)
        if media_type is not None and quality > best:
            chosen, best = media_type, quality
    if chosen is None:
        _refuse(f"Only {JSON} and {GRAPHQL_RESPONSE} are served.", "not-acceptable")
    return chosen


_SERVED = {
    JSON: JSON,
    GRAPHQL_RESPONSE: GRAPHQL_RESPONSE,
    "application/*": JSON,
    "*/*": JSON,
}


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value.strip())
            except ValueError:
                return 0.0
    return 1.0


def read_get(query_string: bytes, *, persisted: bool = False) -> GraphQLRequest:
    """
    A request from the query string; see ``read_fields``.

    Raises:
        FraisierError: ``graphql-bad-request``.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=20,
        )
    except ValueError:
        _refuse("The query string cannot be read.")
    fields: dict[str, Any] = dict(pairs)
    if len(fields) != len(pairs):
        _refuse("A parameter is given twice.")
    for name in ("variables", "extensions"):
        if fields.get(name):
            fields[name] = _decode(fields[name], f"The parameter {name}")
        else:
            fields.pop(name, None)
    fields["operationName"] = fields.get("operationName") or None
    return read_fields(fields, persisted=persisted)


def read_post(
    headers: Mapping[str, str], body: bytes, *, persisted: bool = False
) -> GraphQLRequest:
    """
    A request from a JSON body; see ``read_fields``.

    Raises:
        FraisierError: ``unsupported-media-type`` or ``graphql-bad-request``.
    """
    _check_content_type(headers.get("content-type", ""))
    document = _decode(body, "The body")
    if isinstance(document, list):
        _refuse("Batches of requests are not taken: send one at a time.")
    if not isinstance(document, dict):
        _refuse("The body must be a JSON object.")
    return read_fields(cast("dict[str, Any]", document), persisted=persisted)


@lru_cache(maxsize=32)
def _check_content_type(content_type: str) -> None:
    name, _, parameters = content_type.partition(";")
    if name.strip().lower() != JSON:
        _refuse(f"The content type must be {JSON}.", "unsupported-media-type")
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if key.strip().lower() == "charset" and charset not in ("utf-8", "utf8"):
            _refuse("The charset must be utf-8.", "unsupported-media-type")


def _decode(text: str | bytes, what: str) -> Any:
    import orjson

    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        _refuse(f"{what} is not JSON.")


def read_fields(fields: Mapping[str, Any], *, persisted: bool = False) -> GraphQLRequest:
    """
    A request from the fields that every transport has alike. With ``persisted`` an id or
    a hash may stand for the document.

    Raises:
        FraisierError: ``graphql-bad-request``.
    """
    query = fields.get("query")
    operation_name = fields.get("operationName")
    variables = fields.get("variables")
    extensions = fields.get("extensions")
    shown = shown_in(fields) if persisted else None
    if shown is not None and query is None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        _refuse('"query" must be the text of a document.')
    if operation_name is not None and not isinstance(operation_name, str):
        _refuse('"operationName" must be a text.')
    if variables is not None and not isinstance(variables, dict):
        _refuse('"variables" must be an object.')
    if extensions is not None and not isinstance(extensions, dict):
        _refuse('"extensions" must be an object.')
    given = cast("dict[str, Any]", variables or {})
    more = cast("dict[str, Any]", extensions or {})
    return GraphQLRequest(query, operation_name or None, given, more, shown)

"""What an error of PostgreSQL means to a user, and whether asking again can help."""

from __future__ import annotations

import psycopg
from psycopg import errors

from fraisier.db.location import Location
from fraisier.domain.errors import FraisierError

# The server undid the whole statement and asks for it again.
RETRYABLE = (errors.SerializationFailure, errors.DeadlockDetected)
NO_SUCH_VALUE = (errors.InvalidTextRepresentation, errors.NumericValueOutOfRange)
_LACKING = (
    errors.UndefinedTable,
    errors.UndefinedFunction,
    errors.UndefinedColumn,
    errors.UndefinedObject,
)
_BUSY = (errors.LockNotAvailable, errors.QueryCanceled, *RETRYABLE)


# To the driver these are operational errors, too, but the connection is as good as before.
_TOO_MUCH = (errors.ProgramLimitExceeded, errors.StatementTooComplex)


def is_broken(error: Exception) -> bool:
    """The connection is gone: nobody knows whether the statement was done."""
    if isinstance(error, psycopg.InterfaceError):
        return True
    return isinstance(error, psycopg.OperationalError) and not isinstance(
        error, (*_BUSY, *_TOO_MUCH)
    )


def translated(error: Exception, location: Location) -> FraisierError:
    """The error of ``spec/errors.yaml`` for an error of the driver, without the password."""
    lines = location.scrub(str(error)).strip().splitlines()
    text = lines[0] if lines else type(error).__name__
    if isinstance(error, _BUSY):
        return FraisierError(f"{location.shown} stayed locked for too long", code="database-busy")
    if isinstance(error, _LACKING):
        return FraisierError(
            f"{location.shown} lacks what this program asks for ({text})",
            code="database-outdated",
            hint="run: fraisier db migrate",
        )
    if isinstance(error, (psycopg.DataError, UnicodeError, *_TOO_MUCH)):
        return FraisierError("a value cannot be stored", code="invalid-argument")
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return FraisierError(
            f"{location.shown} cannot be reached: {text}", code="database-unavailable"
        )
    return FraisierError(f"{location.shown}: {text}", code="internal")

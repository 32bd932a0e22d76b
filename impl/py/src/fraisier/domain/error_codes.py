"""Generated from spec/errors.yaml: every error code and what it means."""

from __future__ import annotations

from typing import NamedTuple


class ErrorCode(NamedTuple):
    """Class, exit status of the CLI, HTTP status, and whether nothing was done."""

    error_class: str
    exit_status: int
    http_status: int
    definite: bool


ERROR_CODES: dict[str, ErrorCode] = {
    "invalid-argument": ErrorCode("validation", 2, 400, True),
    "unknown-fraise": ErrorCode("not_found", 3, 404, True),
    "unknown-environment": ErrorCode("not_found", 3, 404, True),
    "unknown-deployment": ErrorCode("not_found", 3, 404, True),
    "unknown-version": ErrorCode("not_found", 3, 404, True),
    "no-earlier-release": ErrorCode("conflict", 4, 409, True),
    "already-current": ErrorCode("conflict", 4, 409, True),
    "deployment-held": ErrorCode("conflict", 4, 409, True),
    "deployment-finished": ErrorCode("conflict", 4, 409, True),
    "past-point-of-no-return": ErrorCode("conflict", 4, 409, True),
    "not-claimable": ErrorCode("conflict", 4, 409, True),
    "lease-lost": ErrorCode("conflict", 4, 409, True),
    "cancel-requested": ErrorCode("conflict", 4, 409, True),
    "step-not-started": ErrorCode("conflict", 4, 409, True),
    "step-finished": ErrorCode("conflict", 4, 409, True),
    "superseded": ErrorCode("conflict", 4, 409, True),
    "cancelled": ErrorCode("conflict", 4, 409, True),
    "worker-lost": ErrorCode("internal", 1, 500, False),
    "preflight-failed": ErrorCode("conflict", 1, 409, True),
    "fetch-failed": ErrorCode("service_unavailable", 1, 503, True),
    "unknown-commit": ErrorCode("not_found", 3, 404, True),
    "build-failed": ErrorCode("internal", 1, 500, True),
    "switch-failed": ErrorCode("internal", 1, 500, True),
    "health-check-failed": ErrorCode("internal", 1, 500, True),
    "rollback-failed": ErrorCode("internal", 1, 500, False),
    "deployment-failed": ErrorCode("internal", 1, 500, True),
    "step-timeout": ErrorCode("timeout", 1, 504, False),
    "config-not-found": ErrorCode("not_found", 2, 500, True),
    "config-syntax": ErrorCode("validation", 2, 500, True),
    "config-invalid": ErrorCode("validation", 2, 500, True),
    "unknown-key": ErrorCode("validation", 2, 500, True),
    "unknown-provider": ErrorCode("validation", 2, 500, True),
    "unset-variable": ErrorCode("validation", 2, 500, True),
    "insecure-secret": ErrorCode("validation", 2, 500, True),
    "file-exists": ErrorCode("conflict", 4, 409, True),
    "provider-unavailable": ErrorCode("service_unavailable", 5, 503, True),
    "type-unavailable": ErrorCode("service_unavailable", 5, 503, True),
    "provider-failed": ErrorCode("internal", 1, 500, False),
    "not-deployed": ErrorCode("conflict", 4, 409, True),
    "unhealthy": ErrorCode("internal", 1, 503, True),
    "tool-missing": ErrorCode("service_unavailable", 5, 503, True),
    "database-unavailable": ErrorCode("service_unavailable", 5, 503, False),
    "database-outdated": ErrorCode("conflict", 5, 503, True),
    "database-newer": ErrorCode("conflict", 5, 503, True),
    "database-busy": ErrorCode("timeout", 5, 503, True),
    "missing-signature": ErrorCode("unauthorized", 6, 401, True),
    "bad-signature": ErrorCode("unauthorized", 6, 401, True),
    "unknown-webhook-provider": ErrorCode("validation", 2, 400, True),
    "malformed-payload": ErrorCode("validation", 2, 400, True),
    "body-too-large": ErrorCode("validation", 2, 413, True),
    "unsupported-media-type": ErrorCode("validation", 2, 415, True),
    "not-acceptable": ErrorCode("validation", 2, 406, True),
    "bad-request": ErrorCode("validation", 2, 400, True),
    "headers-too-large": ErrorCode("validation", 2, 431, True),
    "request-too-slow": ErrorCode("timeout", 1, 408, True),
    "method-not-allowed": ErrorCode("validation", 2, 405, True),
    "not-found": ErrorCode("not_found", 3, 404, True),
    "unauthorized": ErrorCode("unauthorized", 6, 401, True),
    "graphql-parse-failed": ErrorCode("validation", 2, 400, True),
    "graphql-validation-failed": ErrorCode("validation", 2, 400, True),
    "graphql-bad-request": ErrorCode("validation", 2, 400, True),
    "graphql-bad-variables": ErrorCode("validation", 2, 400, True),
    "subscription-transport": ErrorCode("validation", 2, 400, True),
    "usage": ErrorCode("validation", 2, 400, True),
    "interrupted": ErrorCode("internal", 130, 503, False),
    "internal": ErrorCode("internal", 1, 500, False),
}

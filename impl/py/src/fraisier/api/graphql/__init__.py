"""GraphQL from a compiled plan: no code for any field, one SQL statement a root field."""

from __future__ import annotations

from fraisier.api.graphql.executor import Executor, Result
from fraisier.api.graphql.mutations import Gate

__all__ = ["Executor", "Gate", "Result"]

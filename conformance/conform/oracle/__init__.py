"""
Judges every exchange with GraphQL by the schema alone: document, variables, response.

It knows the SDL and the specification, and nothing of any implementation.
"""

from conform.oracle.exchange import Exchange
from conform.oracle.judge import Judge, judge

__all__ = ["Exchange", "Judge", "judge"]

"""The ways in which carrying a deployment out can be cut short. None is a failure of it."""

from __future__ import annotations


class LeaseLostError(Exception):
    """Somebody else has the environment: touch nothing more, write nothing more."""


class CancelledError(Exception):
    """Somebody asked to cancel, and nothing has been switched yet."""


class HandedOverError(Exception):
    """This worker has to end; the deployment waits for the next one as it is."""

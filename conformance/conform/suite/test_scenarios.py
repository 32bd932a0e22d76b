"""Binds the scenarios of the session. Run by ``conform run``, not by hand."""

from pytest_bdd import scenarios

from conform.session import current

scenarios(*current().features())

"""What can come out of a case, and what that means for the run."""

from __future__ import annotations

PASS = "pass"
FAIL = "fail"
WARN = "warn"  # a SHOULD or MAY failed, or an accepted deviation
NOT_APPLICABLE = "not-applicable"  # the implementation does not declare the profile
UNTESTABLE = "untestable"  # a prerequisite was missing; counts as a failure
HARNESS_ERROR = "harness-error"  # the suite itself is wrong
FLAKY = "flaky"  # failed beside others, passed alone

VERDICTS = (PASS, FAIL, WARN, NOT_APPLICABLE, UNTESTABLE, HARNESS_ERROR, FLAKY)
FINDINGS = frozenset({FAIL, UNTESTABLE})
EXECUTED = frozenset(VERDICTS) - {NOT_APPLICABLE}


class HarnessError(Exception):
    """The suite cannot do what it has to; no implementation is to blame."""


class ImplementationError(AssertionError):
    """The implementation did not do what its contract says (start, answer, end)."""


class SetupError(Exception):
    """The run cannot begin; the text is the one line that says why."""

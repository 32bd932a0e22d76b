"""The user's commands around a deployment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.commands import run_command, words
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import Command, FraiseConfig


class HookStep(Step):
    """
    The hooks of one moment, one after another; the first that fails ends the step.

    Hooks that ended in an earlier attempt are not run again; those that began and are
    not known to have ended are.
    """

    failure: ClassVar[str] = "hook-failed"
    when: ClassVar[str]

    def seconds(self, fraise: FraiseConfig) -> float:
        """``timeouts.hook`` for each of them."""
        return fraise.environment.timeouts.hook * max(1, len(self.hooks(fraise)))

    def hooks(self, fraise: FraiseConfig) -> tuple[Command, ...]:
        """The commands of this moment."""
        return getattr(fraise.environment.hooks, self.name)

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the commands."""
        commands = "; ".join(words(command) for command in self.hooks(fraise))
        return redact(f"Run the hooks {self.when}: {commands}", fraise.secrets)

    def probe(self, work: Work) -> Probe:
        """Done when an earlier attempt recorded their end."""
        return Probe.DONE if self.name in work.finished else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Run them, with what they may want to know in the environment."""
        commands = self.hooks(work.fraise)
        for command in commands:
            self._run(work, command)
        return f"Hooks finished ({len(commands)})"

    def _run(self, work: Work, command: Command) -> None:
        outcome = work.outcome
        facts = {"FRAISIER_HOOK": self.name, "FRAISIER_STATUS": outcome.status}
        if outcome.error_code:
            facts["FRAISIER_ERROR_CODE"] = outcome.error_code
            facts["FRAISIER_ERROR_MESSAGE"] = redact(outcome.error_message, work.fraise.secrets)
        done = run_command(work, command, work.fraise.environment.timeouts.hook, facts)
        if not done.ok:
            message = f"the hook {words(command)} {done.describe()}"
            raise FraisierError(message, code=self.failure)


class Before(HookStep):
    """Between build and cutover: a failure ends the deployment, the old release serves."""

    name, doing, when = "before", "Hooks before the switch...", "before the switch"


class After(HookStep):
    """When the new release is good: a failure is told and changes nothing."""

    name, doing, when = "after", "Hooks after the success...", "after a success"
    optional: ClassVar[bool] = True


class OnFailure(HookStep):
    """When the deployment has failed or was rolled back: its own failure is only told."""

    name, doing, when = "on_failure", "Hooks after the failure...", "after a failure"
    optional: ClassVar[bool] = True


def with_hooks(
    fraise: FraiseConfig, before_cutover: Sequence[Step], after_cutover: Sequence[Step]
) -> list[Step]:
    """The steps around a cutover, with the hooks that are configured in their places."""
    hooks = fraise.environment.hooks
    return [
        *before_cutover,
        *([Before()] if hooks.before else []),
        *after_cutover,
        *([After()] if hooks.after else []),
    ]

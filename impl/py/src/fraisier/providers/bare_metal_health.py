"""Whether a unit of systemd is well: by its state, and by what it answers on its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import HealthCheck, HealthState, HealthStatus
from fraisier.effects.clock import pause, ticks
from fraisier.effects.process import Completed, Stopped
from fraisier.effects.ssh import Host
from fraisier.providers.bare_metal_scripts import LOOK
from fraisier.providers.bare_metal_target import BareMetal
from fraisier.providers.http_health import http_verdict, look_seconds

# Without a health check a unit must have been active this long, within the time below.
ALIVE_SECONDS = 1.0
ALIVE_SECONDS_MAX = 5.0
_WORST_FIRST = (HealthState.DOWN, HealthState.DEGRADED, HealthState.UNKNOWN, HealthState.HEALTHY)

Run = Callable[[Host, str, Sequence[str]], Completed]


def look_at(target: BareMetal, run: Run) -> HealthStatus:
    """
    Look once: every host by itself, then the address that users have, if that is another.

    Raises:
        FraisierError, Stopped: What the script on a host raises.
    """
    found = [look_at_host(target, host, run) for host in target.hosts]
    if target.url is not None:
        found.append(http_verdict(target.fraise, target.url))
    worst = min(found, key=lambda status: _WORST_FIRST.index(status.state))
    if len(target.hosts) > 1 and worst.state is HealthState.HEALTHY and target.url is None:
        return HealthStatus(worst.state, f"{len(target.hosts)} hosts: {worst.message}")
    return worst


def wait_until_healthy(
    target: BareMetal, host: Host, run: Run, should_stop: Callable[[], bool]
) -> HealthStatus:
    """
    The first healthy verdict about one host, or the last one when the time is over.

    Raises:
        FraisierError, Stopped: What the script on the host raises.
    """
    check = target.fraise.environment.health_check
    asked = target.question is not None
    limits = check if check and asked else HealthCheck(timeout_seconds=ALIVE_SECONDS_MAX)
    deadline = ticks() + limits.timeout_seconds
    while True:
        status = look_at_host(target, host, run)
        if status.state is HealthState.HEALTHY or ticks() >= deadline:
            return status
        if not asked and status.state is HealthState.DEGRADED:
            return status
        if should_stop():
            raise Stopped
        pause(min(limits.interval_seconds, max(0.0, deadline - ticks())))


def look_at_host(target: BareMetal, host: Host, run: Run) -> HealthStatus:
    """Look once at one host: its unit, and the answer when there is a question."""
    question, check = target.question, target.fraise.environment.health_check
    words = ["", "", ""]
    if question is not None and check is not None:
        words = [str(question.port), question.path, f"{look_seconds(check):.1f}"]
    done = run(host, LOOK, words)
    if not done.ok:
        text = "\n".join(done.tail) or f"exit status {done.exit_status}"
        raise FraisierError(f"{host.name}: {text}", code="provider-failed")
    seen = {name: value for name, _, value in (s.partition("=") for s in done.stdout.splitlines())}
    status = _of_unit(target, seen)
    if status.state is not HealthState.HEALTHY or question is None:
        return _named(target, host, status)
    return _named(target, host, _of_answer(target, seen, f"{question.port}{question.path}"))


def _of_unit(target: BareMetal, seen: Mapping[str, str]) -> HealthStatus:
    state = seen.get("ActiveState", "unknown")
    if target.unit is None:
        return HealthStatus(HealthState.HEALTHY, "nothing of it runs all the time")
    if state == "active":
        if target.question is None and _active_seconds(seen) < ALIVE_SECONDS:
            return HealthStatus(HealthState.UNKNOWN, f"{target.unit} has just begun")
        restarts = int(seen.get("NRestarts") or 0)
        if target.question is None and restarts:
            text = f"{target.unit} has been restarted {restarts} times"
            return HealthStatus(HealthState.DEGRADED, text)
        return HealthStatus(HealthState.HEALTHY, f"{target.unit} runs")
    if state == "activating" and seen.get("SubState") != "auto-restart":
        return HealthStatus(HealthState.UNKNOWN, f"{target.unit} is starting")
    if seen.get("Result", "success") == "success":
        return HealthStatus(HealthState.DOWN, f"{target.unit} is {state}")
    text = f"{target.unit} ended with exit status {seen.get('ExecMainStatus')} ({seen['Result']})"
    return HealthStatus(HealthState.DOWN, text)


def _of_answer(target: BareMetal, seen: Mapping[str, str], place: str) -> HealthStatus:
    check = target.fraise.environment.health_check
    assert check is not None
    shown = redact(f"GET :{place}", target.fraise.secrets)
    answer = seen.get("Answer", "")
    if target.unit and seen.get("PIDAfter") != seen.get("MainPID"):
        return HealthStatus(HealthState.DOWN, f"{target.unit} was restarted meanwhile")
    if not answer.isdigit() or int(answer) == 0:
        return HealthStatus(HealthState.DOWN, f"{shown}: no answer")
    if int(answer) == check.expected_status:
        return HealthStatus(HealthState.HEALTHY, f"{shown} answered {answer}")
    text = f"{shown} answered {answer} instead of {check.expected_status}"
    return HealthStatus(HealthState.DEGRADED, text)


def _active_seconds(seen: Mapping[str, str]) -> float:
    since = int(seen.get("ActiveEnterTimestampMonotonic") or 0) / 1e6
    return float(seen.get("Uptime") or 0) - since if since else 0.0


def _named(target: BareMetal, host: Host, status: HealthStatus) -> HealthStatus:
    if host.is_here:
        return status
    return HealthStatus(status.state, f"{host.name}: {status.message}")

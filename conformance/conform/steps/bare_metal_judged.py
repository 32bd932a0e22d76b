"""Steps that judge what runs on real hosts."""

from __future__ import annotations

from pytest_bdd import then

from conform.steps.bare_metal import PORT, starts
from conform.steps.deploy import Deploying
from conform.steps.deploy_sentences import sentence
from conform.world.hosts import Hosts
from conform.world.waiting import eventually


@then(sentence('version "{version}" serves on hosts {numbers}'))
def serves_on(hosts: Hosts, version: str, numbers: str) -> None:
    """Whoever asks on these hosts gets this version."""
    for number in _numbers(numbers):
        eventually(
            lambda n=number: _version(hosts, n) == version, f"{version} on host {number}", 15
        )


@then(sentence("nothing serves on hosts {numbers}"))
def silent_on(hosts: Hosts, numbers: str) -> None:
    """Nobody answers there."""
    found = {number: _version(hosts, number) for number in _numbers(numbers)}
    assert set(found.values()) == {None}, found


@then(sentence('version "{version}" was started {count:d} times on hosts {numbers}'))
def started_times(hosts: Hosts, version: str, count: int, numbers: str) -> None:
    """By its own words in the journal."""
    found = {number: starts(hosts, number, version) for number in _numbers(numbers)}
    assert set(found.values()) == {count}, found


@then(sentence('the service of "{fraise}" comes back by itself on host {number:d}'))
def comes_back(hosts: Hosts, fraise: str, number: int) -> None:
    """The manager starts it again."""
    eventually(lambda: _version(hosts, number) is not None, f"{fraise} on host {number}", 20)


@then(sentence('the unit of "{fraise}" starts with its host'))
def enabled(hosts: Hosts, fraise: str) -> None:
    """It is enabled."""
    for host in hosts.all:
        said = host.run(f"systemctl is-enabled {hosts.mark}-{fraise}.service")
        assert said.strip() == "enabled", said


@then(sentence('the service on host {number:d} sees "{name}" with the value "{value}"'))
def sees_on(hosts: Hosts, number: int, name: str, value: str) -> None:
    """Its environment has it, exactly."""
    seen = hosts.named(number).get(PORT, "/environment") or {}
    assert seen.get(name) == value, seen.get(name)


@then(sentence('"{value}" is in no unit and in no list of processes on host {number:d}'))
def nowhere(hosts: Hosts, value: str, number: int) -> None:
    """Whoever may log in there does not see it; files that have it are their owner's only."""
    host = hosts.named(number)
    text = host.run(f"systemctl cat '{hosts.mark}*'; cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert hosts.mark in text
    assert value not in text
    holders = f"find {hosts.folder} -type f -exec grep -lF '{value}' {{}} +"
    modes = host.run(f"{holders} | xargs -r stat -c '%a %n'")
    assert modes, "no file has it, so the service cannot"
    assert all(line.startswith("600 ") for line in modes.splitlines()), modes


@then(sentence('the unit of "{fraise}" is still that of somebody else'))
def untouched(hosts: Hosts, fraise: str) -> None:
    """Not a byte of it has changed."""
    for host in hosts.all:
        text = host.run(f"cat /etc/systemd/system/{hosts.mark}-{fraise}.service")
        assert text.startswith("[Service]\nWorkingDirectory="), text
        assert "ExecStart=/usr/bin/python3 app.py\n" in text, text


@then(sentence('it is told "{code}" about host {number:d}'))
def told_about(deploying: Deploying, hosts: Hosts, code: str, number: int) -> None:
    """The error names the host."""
    assert deploying.result is not None
    last = deploying.result.lines()[-1]
    assert last["error"]["code"] == code, last
    assert hosts.named(number).address in last["error"]["message"], last


@then(sentence('deployment {number:d} ends as "{outcome}" because host {host:d} is gone'))
def ended_without(deploying: Deploying, hosts: Hosts, number: int, outcome: str, host: int) -> None:
    """It takes a while until nobody answers for sure."""
    row = deploying.ended(deploying.asked[number - 1], 120)
    assert (row["outcome"], row["error_code"]) == (outcome, "rollback-failed"), row
    assert hosts.named(host).address in row["error_message"], row


@then(sentence('{count:d} releases of "{fraise}" are kept on host {number:d}'))
def kept(hosts: Hosts, count: int, fraise: str, number: int) -> None:
    """No more, no less."""
    said = hosts.named(number).run(f"ls -1 {hosts.folder}/{fraise}/releases")
    assert len(said.split()) == count, said


@then(sentence("the timer of the job waits on hosts {numbers}"))
def timer_waits(hosts: Hosts, job: str, numbers: str) -> None:
    """It is active, enabled, and knows when it is next."""
    for number in _numbers(numbers):
        said = hosts.named(number).run(f"systemctl list-timers --all '*{job}*' --no-legend")
        assert len(said.splitlines()) == 1, said
        assert not said.startswith(("n/a", "-")), said


@then(sentence('the job prints "{text}" on host {number:d} when its time comes'))
def job_prints(hosts: Hosts, job: str, text: str, number: int) -> None:
    """The timer fires: every minute, so it is waited for no longer than that."""
    asked = f"journalctl -q -o cat -u '*{job}*'"
    eventually(lambda: text in hosts.named(number).run(asked), f"{text} on host {number}", 80)


@then(sentence("there is no timer of the job on hosts {numbers}"))
def no_timer(hosts: Hosts, job: str, numbers: str) -> None:
    """Not even one that is disabled."""
    for number in _numbers(numbers):
        said = hosts.named(number).run(f"systemctl list-unit-files '*{job}*' --no-legend || true")
        assert said.strip() == "", said


def _version(hosts: Hosts, number: int) -> str | None:
    answer = hosts.named(number).get(PORT, "/version")
    return answer["version"] if answer else None


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(", ")]

"""What must fit together across a configuration: references, pairs, exclusions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fraisier.config.batch import check_batch, check_schedule
from fraisier.config.databases import check_database
from fraisier.config.problems import Path
from fraisier.config.reader import Reader
from fraisier.config.sections import section
from fraisier.config.shape import SHAPES
from fraisier.domain.nearest import did_you_mean
from fraisier.domain.targets import DEFAULT_TARGET

SIGNING_SECRET_LENGTH_MIN = 8
_UNSCHEDULED = ("api", "worker")
_BARE_METAL_KEYS = ("app_path", "systemd_service")


def check_rules(reader: Reader, cleaned: Mapping[str, Any]) -> None:
    """Note every problem that only shows when two places are looked at together."""
    fraises: Mapping[str, Any] = section(cleaned, "fraises")
    _server(reader, section(cleaned, "server"))
    for name, fraise in fraises.items():
        if fraise is not None:
            _fraise(reader, fraise, ("fraises", name))
    for name in section(cleaned, "notifications"):
        _notification(reader, section(section(cleaned, "notifications"), name), fraises, name)
    for key in ("branch_mapping", "tag_mapping"):
        if fraises:
            _routes(reader, key, section(cleaned, key), fraises)


def _server(reader: Reader, server: Mapping[str, Any]) -> None:
    if server.get("open") and "token" in server:
        hint = "with a token, leave open out"
        reader.refuse(("server", "open"), 'give "token" or "open", not both', hint=hint)


def _fraise(reader: Reader, fraise: Mapping[str, Any], path: Path) -> None:
    _health_check(reader, fraise.get("health_check"), None, (*path, "health_check"))
    check_database(reader, None, fraise.get("database"), (*path, "database"))
    check_batch(reader, fraise, fraise, path)
    for name, environment in section(fraise, "environments").items():
        here = (*path, "environments", name)
        if environment is not None:
            _environment(reader, fraise, environment, here)


def _environment(
    reader: Reader, fraise: Mapping[str, Any], environment: Mapping[str, Any], path: Path
) -> None:
    inherited = fraise.get("health_check")
    _health_check(reader, environment.get("health_check"), inherited, (*path, "health_check"))
    general = fraise.get("database")
    check_database(reader, general, environment.get("database"), (*path, "database"))
    kind = fraise.get("type", "api")
    if "jobs" in environment and kind in _UNSCHEDULED:
        hint = "jobs belong to a fraise of type scheduled, backup, etl or custom"
        reader.refuse((*path, "jobs"), f"a fraise of type {kind} has no jobs", hint=hint)
    _jobs(reader, section(environment, "jobs"), (*path, "jobs"))
    check_batch(reader, fraise, environment, path)
    target = environment.get("target")
    if target is not None:
        _bare_metal_keys(reader, environment, target, path)


def _bare_metal_keys(
    reader: Reader, environment: Mapping[str, Any], target: Mapping[str, Any], path: Path
) -> None:
    for key in _BARE_METAL_KEYS:
        if key in environment and target["provider"] != DEFAULT_TARGET:
            reader.refuse((*path, key), f'this means nothing to "{target["provider"]}"')
        elif key in environment and key in target:
            reader.refuse((*path, key), "this is also in target; keep one of them")
    if "host" in target and "hosts" in target:
        reader.refuse((*path, "target", "hosts"), 'give "host" or "hosts", not both')


def _health_check(reader: Reader, check: Any, inherited: Any, path: Path) -> None:
    if not isinstance(check, dict) or not _well_spelt(reader, path):
        return
    if "path" in check and "url" in check:
        reader.refuse((*path, "url"), 'give "path" or "url", not both')
    elif not ({"path", "url"} & ((inherited or {}).keys() | check.keys())) and len(path) > 3:
        reader.refuse(path, 'give "path" or "url"')


def _well_spelt(reader: Reader, path: Path) -> bool:
    value = reader.document.value
    for part in path:
        value = value[part]
    return all(key in SHAPES["health_check"] for key in value)


def _jobs(reader: Reader, jobs: Mapping[str, Any], path: Path) -> None:
    for name in jobs:
        wanted: str | None = section(jobs, name).get("depends_on")
        if wanted is None:
            check_schedule(reader, (*path, name))
            continue
        here = (*path, name, "depends_on")
        if wanted not in jobs:
            hint = did_you_mean(wanted, jobs)
            reader.refuse(here, f'there is no job "{wanted}" in this environment', hint=hint)
        elif name in _prerequisites(jobs, wanted):
            reader.refuse(here, f'"{name}" would wait for itself')


def _prerequisites(jobs: Mapping[str, Any], name: str) -> Iterator[str]:
    seen: set[str] = set()
    current: str | None = name
    while current is not None and current not in seen:
        seen.add(current)
        yield current
        current = section(jobs, current).get("depends_on")


def _notification(
    reader: Reader, channel: Mapping[str, Any], fraises: Mapping[str, Any], name: str
) -> None:
    here: Path = ("notifications", name)
    secret: str | None = channel.get("secret")
    if channel.get("type") == "webhook" and "secret" not in channel:
        hint = "make one with: openssl rand -hex 32"
        reader.refuse(here, 'the key "secret" is missing: it signs what is sent', hint=hint)
    elif channel.get("type") in ("slack", "discord") and "secret" in channel:
        reader.refuse((*here, "secret"), f'this means nothing to "{channel["type"]}"')
    elif secret is not None and len(secret.strip()) < SIGNING_SECRET_LENGTH_MIN:
        message = f"this has fewer than {SIGNING_SECRET_LENGTH_MIN} characters"
        reader.refuse((*here, "secret"), message, code="insecure-secret")
    places = {place for one in fraises for place in _environments(fraises, one)}
    _known_names(reader, channel.get("fraises"), fraises, "fraise", (*here, "fraises"))
    _known_names(
        reader, channel.get("environments"), places, "environment", (*here, "environments")
    )


def _environments(fraises: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return section(section(fraises, name), "environments")


def _known_names(reader: Reader, names: Any, known: Iterable[str], what: str, path: Path) -> None:
    known = list(known)
    for index, name in enumerate(names or ()):
        if known and name not in known:
            hint = did_you_mean(name, known)
            reader.refuse((*path, index), f'there is no {what} "{name}"', hint=hint)


def _routes(
    reader: Reader, key: str, mapping: Mapping[str, Any], fraises: Mapping[str, Any]
) -> None:
    written: Mapping[str, Any] = section(reader.document.value, key)
    for ref, routes in mapping.items():
        for index, route in enumerate(routes):
            here: Path = (key, ref)
            here = (*here, index) if isinstance(written[ref], list) else here
            if route is not None:
                _route(reader, route, fraises, here)


def _route(
    reader: Reader, route: Mapping[str, Any], fraises: Mapping[str, Any], path: Path
) -> None:
    name, environment = route.get("fraise"), route.get("environment")
    if name is None:
        return
    if name not in fraises:
        hint = did_you_mean(name, fraises)
        reader.refuse((*path, "fraise"), f'there is no fraise "{name}"', hint=hint)
        return
    environments = section(fraises, name).get("environments")
    if environment is not None and environments and environment not in environments:
        hint = did_you_mean(environment, environments)
        message = f'the fraise "{name}" has no environment "{environment}"'
        reader.refuse((*path, "environment"), message, hint=hint)

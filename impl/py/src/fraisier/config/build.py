"""Checked values of a document to the frozen values of the rest of Fraisier."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fraisier.config.databases import service_url, settled
from fraisier.config.routing import Routing, routing_of
from fraisier.config.secrets import secrets_of
from fraisier.config.sections import section
from fraisier.config.shape import DEFAULT_BASE_URLS, GIT_PROVIDERS, SECRET_KEYS
from fraisier.config.values import (
    DEFAULT_QUEUE_LIMIT,
    DEFAULT_RECONCILE_SECONDS,
    Config,
    GitProviderSettings,
    GitSettings,
    GraphqlSettings,
    NotificationSettings,
    ServerSettings,
)
from fraisier.domain.repository import is_local
from fraisier.domain.targets import DEFAULT_TARGET
from fraisier.domain.values import (
    EMPTY,
    Environment,
    Fraise,
    HealthCheck,
    Hooks,
    Job,
    Retention,
    Timeouts,
)

_OWN_KEYS = ("name", "app_path", "systemd_service")
_SSH_FILES = frozenset({"identity_file", "known_hosts"})
_OWN_JOB = {"etl": "run", "backup": "backup"}
_BATCH_KEYS = ("script", "idempotent", "schedule", "restore_check")
_HEALTH_KEYS = {"timeout": "timeout_seconds", "interval": "interval_seconds"}


def build_config(
    path: Path, cleaned: Mapping[str, Any], raw: Mapping[str, Any], used: Mapping[str, str]
) -> Config:
    """The configuration of a document that has no problems."""
    git = section(cleaned, "git")
    routing = routing_of(cleaned)
    folder = path.absolute().parent
    return Config(
        path=path,
        git=_git(git),
        server=_server(section(cleaned, "server")),
        fraises=MappingProxyType(
            {
                name: _fraise(name, fraise, git, routing, folder)
                for name, fraise in cleaned["fraises"].items()
            }
        ),
        branch_mapping=routing.branches,
        tag_mapping=routing.tags,
        notifications=_notifications(cleaned),
        queue_limit=section(cleaned, "queue").get("limit", DEFAULT_QUEUE_LIMIT),
        reconcile_seconds=section(cleaned, "reconcile").get("interval", DEFAULT_RECONCILE_SECONDS),
        secrets=secrets_of(raw, used),
        raw=raw,
    )


def _server(server: Mapping[str, Any]) -> ServerSettings:
    own = {key: value for key, value in server.items() if key != "graphql"}
    return ServerSettings(**own, graphql=GraphqlSettings(**section(server, "graphql")))


def _git(git: Mapping[str, Any]) -> GitSettings:
    providers = {
        name: GitProviderSettings(
            name=name,
            base_url=git[name].get("base_url", DEFAULT_BASE_URLS.get(name)),
            secrets=git[name].get(SECRET_KEYS[name], ()),
            server=git[name].get("server", False),
            addresses=git[name].get("addresses", ()),
            signing_secrets=git[name].get("signing_secret", ()),
        )
        for name in GIT_PROVIDERS
        if name in git
    }
    for name, own in section(git, "custom").items():
        secrets = own.get("webhook_secret", ())
        addresses = own.get("addresses", ())
        providers[name] = GitProviderSettings(
            name, own.get("base_url"), secrets, addresses=addresses
        )
    return GitSettings(git.get("provider", "github"), MappingProxyType(providers))


def _notifications(cleaned: Mapping[str, Any]) -> Mapping[str, NotificationSettings]:
    channels = section(cleaned, "notifications").items()
    return MappingProxyType({name: NotificationSettings(name, **keys) for name, keys in channels})


def _fraise(
    name: str,
    fraise: Mapping[str, Any],
    git: Mapping[str, Any],
    routing: Routing,
    folder: Path,
) -> Fraise:
    own_git = section(fraise, "git")
    provider = own_git.get("provider", git.get("provider", "github"))
    return Fraise(
        name=name,
        type=fraise.get("type", "api"),
        description=fraise.get("description"),
        git_provider=provider,
        repository=_repository({**git, **own_git}, _forge(git, provider), provider, folder),
        database=_frozen(fraise.get("database")),
        environments=MappingProxyType(
            {
                place: _environment(name, place, fraise, environment, routing, folder)
                for place, environment in fraise["environments"].items()
            }
        ),
        only_provider=own_git.get("provider"),
        reconcile=fraise.get("reconcile", False),
    )


def _forge(git: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
    return section(git if provider in GIT_PROVIDERS else section(git, "custom"), provider)


def _repository(
    git: Mapping[str, Any], forge: Mapping[str, Any], provider: str, folder: Path
) -> str | None:
    address: str | None = git.get("repository")
    if address is None or "://" in address or ":" in address:
        return address
    if is_local(address):
        return str((folder / address).resolve())
    base = git.get("base_url") or forge.get("base_url") or DEFAULT_BASE_URLS.get(provider, "")
    # Bitbucket Server keeps repositories in a folder of their own.
    folder_of_all = "scm/" if forge.get("server") else ""
    return f"{base.rstrip('/')}/{folder_of_all}{address.removesuffix('.git')}.git"


def _environment(
    name: str,
    place: str,
    fraise: Mapping[str, Any],
    environment: Mapping[str, Any],
    routing: Routing,
    folder: Path,
) -> Environment:
    target: dict[str, Any] = dict(environment.get("target") or {"provider": DEFAULT_TARGET})
    provider = target.pop("provider")
    database = settled(_merged(fraise.get("database"), environment.get("database")), folder)
    address = service_url(database)
    variables = {"DATABASE_URL": address} if address else {}
    variables |= _variables(fraise) | _variables(environment) | _variables(target)
    target = {key: value for key, value in target.items() if key not in ("env", "variables")}
    target |= {key: environment[key] for key in _OWN_KEYS if key in environment}
    if provider == "local" and "directory" in target:
        target["directory"] = str((folder / target["directory"]).resolve())
    for key in _SSH_FILES & target.keys():
        target[key] = str((folder / Path(target[key]).expanduser()).resolve())
    return Environment(
        name=place,
        provider=provider,
        target=MappingProxyType(target),
        branches=routing.branches_of(name, place, environment.get("branch")),
        tags=routing.tags_of(name, place, environment.get("tag")),
        paths=environment.get("paths", fraise.get("paths")),
        build=environment.get("build", fraise.get("build")),
        health_check=_health_check(fraise.get("health_check"), environment.get("health_check")),
        database=database,
        jobs=_jobs(fraise, environment),
        variables=MappingProxyType(variables) if variables else EMPTY,
        hooks=Hooks(**(_merged(fraise.get("hooks"), environment.get("hooks")) or {})),
        smoke_tests=environment.get("smoke_tests", fraise.get("smoke_tests", ())),
        timeouts=Timeouts(**(_merged(fraise.get("timeouts"), environment.get("timeouts")) or {})),
        keep_releases=environment.get("keep_releases", fraise.get("keep_releases", 5)),
        **_batch({**fraise, **environment}, folder),
        production=environment.get("production", False),
    )


def _batch(own: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What only those fraises have that are no services."""
    kept = {key: own[key] for key in _BATCH_KEYS if key in own}
    if "destination" in own:
        kept["destination"] = str((folder / own["destination"]).resolve())
    if "retention" in own:
        kept["retention"] = Retention(own["retention"].get("count"), own["retention"].get("days"))
    return kept


def _jobs(fraise: Mapping[str, Any], environment: Mapping[str, Any]) -> tuple[Job, ...]:
    """Those with a name of their own, and the work of the fraise itself by its schedule."""
    jobs = {name: Job(name, **job) for name, job in section(environment, "jobs").items()}
    own = {**fraise, **environment}
    name = _OWN_JOB.get(own.get("type", "api"))
    if name is not None and "schedule" in own:
        script = own.get("script", ()) if name == "run" else ()
        jobs.setdefault(name, Job(name, own["schedule"], script))
    return tuple(jobs.values())


def _variables(part: Mapping[str, Any]) -> dict[str, str]:
    return {**section(part, "env"), **section(part, "variables")}


def _health_check(
    inherited: Mapping[str, Any] | None, own: Mapping[str, Any] | None
) -> HealthCheck | None:
    merged = _merged(inherited, own)
    if merged is None:
        return None
    if own and "url" in own:
        merged.pop("path", None)
    if own and "path" in own:
        merged.pop("url", None)
    if not merged.keys() & {"path", "url"}:
        return None
    return HealthCheck(**{_HEALTH_KEYS.get(key, key): value for key, value in merged.items()})


def _merged(
    inherited: Mapping[str, Any] | None, own: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    return None if inherited is None and own is None else {**(inherited or {}), **(own or {})}


def _frozen(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if value is None else MappingProxyType(dict(value))

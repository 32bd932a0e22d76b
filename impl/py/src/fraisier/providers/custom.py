"""Providers of plugins: checked when they register, watched when they act."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, cast

from fraisier.domain.errors import FraisierError
from fraisier.domain.plugins import add_target, check_name
from fraisier.domain.redaction import redact
from fraisier.domain.values import DeploymentResult, FraiseConfig, HealthStatus, ScriptResult
from fraisier.effects.process import Stopped
from fraisier.providers.base import DeploymentProvider

# What each method gives back; None for those that give nothing.
PROMISES: dict[str, tuple[type, ...] | None] = {
    "preflight": None,
    "diagnose": (list,),
    "snapshot": (Mapping,),
    "environment": (Mapping,),
    "facts": (Mapping,),
    "service_url": (str, type(None)),
    "current_release": (str, type(None)),
    "is_running": (bool, type(None)),
    "prepare": None,
    "is_prepared": (bool,),
    "forget": None,
    "jobs": (tuple,),
    "revive": (str, type(None)),
    "run_script": (ScriptResult,),
    "deploy": (DeploymentResult,),
    "rollback": (bool,),
    "health_check": (HealthStatus,),
    "logs": (str,),
    "stop": (bool,),
    "start": (bool,),
}


def checked(provider: object, taken: frozenset[str]) -> type[DeploymentProvider]:
    """
    A plugin's class as Fraisier uses it: whatever goes wrong in it is a FraisierError.

    Raises:
        FraisierError: ``config-invalid``: it is no complete provider, or its name is taken.
    """
    if not (isinstance(provider, type) and issubclass(provider, DeploymentProvider)):
        raise _invalid(f"{provider!r} is not a subclass of DeploymentProvider")
    name = check_name(getattr(provider, "name", None), "provider", taken)
    if missing := sorted(getattr(provider, "__abstractmethods__", ())):
        raise _invalid(f'the provider "{name}" lacks {", ".join(missing)}')
    keys, required = (_names(getattr(provider, n), name, n) for n in ("keys", "required"))
    add_target(name, keys, required)
    return _watched(provider)


def _names(value: object, name: str, what: str) -> frozenset[str]:
    if isinstance(value, set | frozenset | tuple | list):
        names = frozenset(cast("list[object]", value))
        if all(isinstance(item, str) for item in names):
            return cast("frozenset[str]", names)
    raise _invalid(f'"{what}" of the provider "{name}" must be a set of texts')


def _invalid(message: str) -> FraisierError:
    return FraisierError(message, code="config-invalid", hint="docs/providers.md shows how")


def _watched(provider: type[DeploymentProvider]) -> type[DeploymentProvider]:
    methods: dict[str, Any] = {n: _watching(n, getattr(provider, n)) for n in PROMISES}
    methods["__module__"] = provider.__module__
    return type(provider.__name__, (provider,), methods)


def _watching(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def watched(self: DeploymentProvider, fraise: FraiseConfig, *rest: Any, **more: Any) -> Any:
        try:
            value = method(self, fraise, *rest, **more)
        except (FraisierError, Stopped):
            raise
        except Exception as error:
            reason = redact(f"{type(error).__name__}: {error}", fraise.secrets)
            message = f"the provider {self.name} failed in {name}: {reason}"
            raise FraisierError(message, code="provider-failed") from error
        promised = PROMISES[name]
        if inspect.iscoroutine(value):
            value.close()
        if promised is not None and not isinstance(value, promised):
            wanted = " or ".join(each.__name__ for each in promised)
            got = type(value).__name__
            message = f"the provider {self.name} gave {got} for {name} instead of {wanted}"
            raise FraisierError(message, code="provider-failed")
        return value

    return watched

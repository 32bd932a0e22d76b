"""Where a service answers, as the configuration says it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fraisier.domain.values import FraiseConfig


def service_address(fraise: FraiseConfig) -> str | None:
    """
    The address without a path: ``http://127.0.0.1:8080``.

    The host of ``health_check.url``, else ``target.port`` on ``target.host``, the first of
    ``target.hosts`` or this machine; ``None`` when neither is there.
    """
    check = fraise.environment.health_check
    if check is not None and check.url is not None:
        parts = urlsplit(check.url)
        return f"{parts.scheme}://{parts.netloc}"
    target = fraise.environment.target
    host = target.get("host") or next(iter(target.get("hosts") or ()), "127.0.0.1")
    return f"http://{host}:{target['port']}" if target.get("port") else None

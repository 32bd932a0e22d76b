"""The floor: the same HTTP server with a constant answer of the same size."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn


def main(port: int, size: int, status: int = 200) -> None:
    """Serve until killed."""
    body = b'{"data":"' + b"x" * max(size - 11, 0) + b'"}'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

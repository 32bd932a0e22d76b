"""
``python -m conform.torture.health URL``: asks /health until its standard input ends.

A process of its own, since whoever attacks is too busy to measure. Prints the seconds of
each answer as one JSON list; an answer that is not 200, or none, counts as a minute.
"""

from __future__ import annotations

import http.client
import json
import select
import sys
import time
from urllib.parse import urlsplit

PAUSE_SECONDS = 0.02
NONE_SECONDS = 60.0


def main(url: str) -> None:
    """Ask, pause, ask again."""
    address = urlsplit(url).netloc
    connection = http.client.HTTPConnection(address, timeout=NONE_SECONDS)
    found: list[float] = []
    while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        began = time.monotonic()
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            answer.read()
            found.append(time.monotonic() - began if answer.status == 200 else NONE_SECONDS)
        except (OSError, http.client.HTTPException):
            connection.close()
            found.append(NONE_SECONDS)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])

"""An answer as the bytes that are sent."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from fraisier.http.messages import Response


def wire_of(response: Response) -> bytes:
    """
    All of it, as it is sent to a client that asked by GET or POST.

    Raises:
        RuntimeError: A header would break its line.
    """
    headers = response.start()["headers"]
    head = b"".join([name + b": " + value + b"\r\n" for name, value in headers])
    if head.count(b"\n") != len(headers) or head.count(b"\r") != len(headers):
        raise RuntimeError("a header holds a line break")
    return b"%s%s\r\n%s" % (STATUS_LINE[response.status], head, response.body)

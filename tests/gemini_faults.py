"""What may go wrong at the Gemini API, for `GeminiServer.fail`."""

import time
from typing import Any

from tests.gemini_server import Fault, Handler


def refused(code: int, status: str, message: str, *details: Any, **headers: str) -> Fault:
    """Return a fault: an error in Google's form."""
    return lambda handler: handler.refuse(code, status, message, *details, **headers)


def said(text: str) -> Fault:
    """Return a fault: an answer that is not of the protocol."""
    return lambda handler: handler.say(200, text)


garbled = said('{"candidates": [')


def dropped(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def cut(handler: Handler) -> None:
    """Close the connection in the middle of an answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"candidates": [')
    handler.close_connection = True


def slow(handler: Handler) -> None:
    """Answer a byte at a time, for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" ")
        time.sleep(0.05)

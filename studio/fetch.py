"""Fetching from public addresses: each connection goes to an address that was checked."""

import asyncio
from pathlib import Path

import httpx

from studio.addresses import public_addresses
from studio.errors import TooLargeError, UnusableError

PORTS = {"http": 80, "https": 443}
FOLLOWED = 5
"""Redirects of one address."""
SILENCE_S = 10.0
"""How long a silent connection is waited for, in seconds."""
TIMEOUT_S = 60.0
"""How long all of it may take, in seconds."""


class PublicTransport(httpx.AsyncBaseTransport):
    """Connects to public addresses only, also where a site redirects or a name changes.

    The host's name is resolved once, and the connection goes to an address that was checked, so
    what the name leads to a moment later makes no difference. Certificates are still the name's.
    """

    def __init__(self) -> None:
        self._transport = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request without a body.

        Raises:
            UnsupportedProtocol: It is none of the web.
            UnusableError: The host cannot be found, or is not public.
        """
        url = request.url
        if url.scheme not in PORTS:
            raise httpx.UnsupportedProtocol(f"{url.scheme} is no protocol of the web")
        port = url.port or PORTS[url.scheme]
        *others, last = await asyncio.to_thread(public_addresses, url.host, port)
        for address in others:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # a host has several so that one of them answers
        return await self._send(request, last)

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        return await self._transport.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # with the host's name
                extensions={**request.extensions, "sni_hostname": request.url.host},
            )
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


async def fetch(url: str, target: Path, max_bytes: int) -> None:
    """Fetch what is at a public web address.

    Args:
        url: With ``https://`` or ``http://``.
        target: The file to write.
        max_bytes: The most that is taken.

    Raises:
        TooLargeError: It is larger.
        UnusableError: It is no public address, leads to one that is not, or does not answer as
            it should.
    """
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(
                transport=PublicTransport(),
                timeout=SILENCE_S,
                follow_redirects=True,
                max_redirects=FOLLOWED,
                headers={"Accept-Encoding": "identity"},
            ) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise UnusableError(f"{url} answered {answer.status_code}", "Check the address")
            await _write(answer, url, target, max_bytes)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise UnusableError(
            f"{url!r} is no web address", "Give one with https:// or http://"
        ) from error
    except TimeoutError as error:
        raise UnusableError(
            f"{url} did not arrive within {TIMEOUT_S:g} s", "Try again later, or send the file"
        ) from error
    except httpx.HTTPError as error:
        raise UnusableError(
            f"{url} cannot be fetched ({error or type(error).__name__})",
            "Check the address, or send the file",
        ) from error


async def _write(answer: httpx.Response, url: str, target: Path, max_bytes: int) -> None:
    with target.open("wb") as file:
        # As it comes: of what is packed, a few bytes are gigabytes before they can be counted.
        async for part in answer.aiter_raw(1 << 16):
            file.write(part)
            if file.tell() > max_bytes:
                raise TooLargeError(
                    f"{url} is larger than {max_bytes} bytes", "Give a shorter recording"
                )

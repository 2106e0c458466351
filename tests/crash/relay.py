"""`python -m tests.crash.relay HOST PORT …`: each port of this machine leads to that of HOST, until it is killed.

Credentials go to another machine by https alone, so a machine of the tests reaches a provider's fake as its own.
"""

import asyncio
import contextlib
import sys

from tests.support.kept import end_with_parent


async def _pass_on(reading: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while said := await reading.read(65_536):
            writing.write(said)
            await writing.drain()
    writing.close()


async def _lead(host: str, port: int) -> asyncio.Server:
    async def connected(reading: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(host, port)
        except OSError:
            writing.close()
            return
        await asyncio.gather(_pass_on(reading, back), _pass_on(there, writing))

    return await asyncio.start_server(connected, "127.0.0.1", port)


async def _serve(host: str, ports: list[int]) -> None:
    servers = [await _lead(host, port) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    end_with_parent()
    asyncio.run(_serve(sys.argv[1], [int(port) for port in sys.argv[2:]]))

"""A small HTTP/1.1 client that asks for one path over a few kept connections; run on the other core."""

import asyncio
import os


def ask(port: int, path: str, times: int, *, headers: str = "", connections: int = 8) -> None:
    """Ask `times` times; raises when an answer is not 200 or 304."""
    asyncio.run(asked(port, path, times, headers, connections))


async def asked(port: int, path: str, times: int, headers: str, connections: int) -> None:
    """The same, from code that does other things meanwhile."""
    each = times // connections
    await asyncio.gather(*(_connection(port, path, each, headers) for _ in range(connections)))


async def _connection(port: int, path: str, times: int, headers: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if status not in (200, 304):
            raise RuntimeError(f"{path} answered {status}")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if status == 200:
            await reader.readexactly(int(length))
    writer.close()
    await writer.wait_closed()


def on_core_1() -> None:
    """Keep this process off the server's core where the machine has two."""
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, {max(cores)})


def on_all_cores() -> None:
    """Let this process, and what it starts, run anywhere again."""
    os.sched_setaffinity(0, range(os.cpu_count() or 1))

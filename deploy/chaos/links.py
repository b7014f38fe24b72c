"""Links between agents and the queue server that can be cut and slowed: a relay on a socket of its own for each."""

import asyncio
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

_PIECE = 1 << 16


@dataclass(slots=True)
class Link:
    """One agent's way to the server, through ``path``. Moments are of the monotonic clock."""

    path: Path
    cut_until: float = 0.0
    slow_until: float = 0.0
    open: set[asyncio.StreamWriter] = field(default_factory=set)


class Links:
    """The links by name, carried by one thread until closed. ``to`` is the server's unix socket."""

    def __init__(self, to: Path, directory: Path, names: tuple[str, ...]) -> None:
        self._to = to
        self._links = {name: Link(directory / f"{number}.sock") for number, name in enumerate(names)}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def url(self, name: str) -> str:
        """What the agent connects to."""
        return f"unix://{self._links[name].path}"

    def cut(self, name: str, for_s: float) -> None:
        """Break what is open, and whatever is opened meanwhile."""
        link = self._links[name]
        link.cut_until = time.monotonic() + for_s
        self._loop.call_soon_threadsafe(_break, link)

    def lead(self, to: Path, *, breaking: bool = True) -> None:
        """Let every link that is opened from now on end at another server; break, or leave, what is open."""
        self._to = to
        for link in self._links.values() if breaking else ():
            self._loop.call_soon_threadsafe(_break, link)

    def slow(self, name: str, for_s: float) -> None:
        """Let everything take half a second longer."""
        self._links[name].slow_until = time.monotonic() + for_s

    def close(self) -> None:
        """Break all of them for good."""
        for name in self._links:
            self.cut(name, float("inf"))
        asyncio.run_coroutine_threadsafe(_end_others(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        for link in self._links.values():

            async def carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link = link) -> None:
                await self._carry(link, reader, writer)

            await asyncio.start_unix_server(carried, str(link.path))

    async def _carry(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if time.monotonic() < link.cut_until:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_unix_connection(str(self._to))
        except OSError:
            writer.transport.abort()
            return
        link.open |= {writer, back}
        try:
            ways = [asyncio.ensure_future(_pass(link, *way)) for way in ((reader, back), (there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
        finally:
            link.open -= {writer, back}
            writer.transport.abort()
            back.transport.abort()


async def _pass(link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(_PIECE):
            if time.monotonic() < link.slow_until:
                await asyncio.sleep(0.5)
            writer.write(piece)
            await writer.drain()
    except OSError:
        return


async def _end_others() -> None:
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=2.0)  # what they carried is broken


def _break(link: Link) -> None:
    for writer in tuple(link.open):
        writer.transport.abort()

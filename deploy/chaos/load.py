"""A steady load: so many questions a second, spread over the channels, from ``begin`` until ``end``."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from random import Random

from deploy.chaos.happen import ask
from deploy.chaos.plan import SCENES, Happening, Kind, Size, address, channels, stations
from deploy.chaos.world import World

_AT_ONCE = 64
_LASTS = ("/watch", "/capture")
_WEIGHTS = {"check": 44, "look-up": 14, "mention": 14, "capture": 8, "watch": 5, "deep": 3, "stop": 7, "again": 5}


def questions(seed: int, size: Size, per_s: float) -> Iterator[Happening]:
    """All that is asked, in order, without an end; a function of its arguments alone.

    The first channel is left alone, for what has to last.
    """
    chance, places = Random(f"ruleout rolling {seed}"), channels(size)[1:]
    segments = sorted({one.segment for one in stations(size) if one.segment is not None})
    for number in count():
        at_s, where = number / per_s, places[number % len(places)]
        whom = address(chance.choice(segments), chance.randrange(SCENES))
        (what,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        text = {
            "check": f"/arpcheck {whom}",
            "deep": f"/arpcheck {whom} deep",
            "look-up": f"/vcenter {whom}",
            "mention": f"@ruleout arpcheck {whom}",
            "capture": f"/capture {whom} for {chance.randint(3, 6)}s arp",
            "watch": f"/watch {whom} for {chance.randint(10, 20)}s",
        }.get(what, "")
        kind = {"stop": Kind.STOP, "again": Kind.AGAIN}.get(what, Kind.ASK)
        yield Happening(at_s, kind, where, text)


class Load:
    """People who go on asking whatever happens to the house; ``watches`` False: a check instead of each watch."""

    def __init__(self, world: World, seed: int, per_s: float, *, watches: bool = True) -> None:
        self._lasting = () if watches else ("/watch",)
        self._world, self._questions = world, questions(seed, world.size, per_s)
        self._over, self._brief = threading.Event(), threading.Event()
        self._people = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="people")
        self._thread = threading.Thread(target=self._ask, name="load", daemon=True)
        self._waits: list[tuple[Happening, Future[None]]] = []

    def begin(self) -> None:
        """Ask from now on."""
        self._thread.start()

    def be_brief(self) -> None:
        """Begin nothing more that lasts, so that the end need not be waited for; a check is asked for in its place."""
        self._brief.set()

    def end(self) -> None:
        """Ask nothing more, and wait until everybody has seen the acknowledgement."""
        self._over.set()
        self._thread.join()
        self._people.shutdown()
        for one, wait in self._waits:
            if error := wait.exception():
                self._world.chronicle.trouble.append(f"{one}: {type(error).__name__}: {error}")

    def _ask(self) -> None:
        began = time.monotonic()
        for number, one in enumerate(self._questions):
            if self._over.wait(max(0.0, began + one.at_s - time.monotonic())):
                return
            if one.text.startswith(_LASTS if self._brief.is_set() else self._lasting):
                one = replace(one, text=f"/arpcheck {one.text.split()[1]}")
            self._waits.append((one, self._people.submit(ask, self._world, one, number)))

"""What a role tells of itself, where its operator wants to know: counted from its start, served once it stands."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__, log
from bot.errors import InstrumentError, RequestError
from bot.meters import BUILD, READY, Reading, of_role
from bot.ports import NO_METER, Meter
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.metrics.figures import Figures, Source
    from bot.metrics.server import Check, Listener

_log = log.get(__name__)

_LAST_PORT = 65535

NOT_YET = "It is still starting, or it is ending."


class Instruments:
    """``meter`` counts, from the start of the role. ``/readyz`` says no before ``stands`` and after ``ends``."""

    def __init__(self, role: str, name: str, figures: "Figures | None" = None) -> None:
        self.meter: Meter = figures or NO_METER
        self._role, self._name, self._figures = role, name, figures
        self._checks: Sequence[Check] = (lambda: NOT_YET,)
        self._listener: Listener | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None: nobody wants to know."""
        return self._listener.port if self._listener else None

    def listen(self, host: str, port: int) -> None:
        """Answer from now on.

        Raises:
            InstrumentError: the address cannot be listened on.
        """
        from bot.metrics.server import Listener

        assert self._figures is not None, "who listens has figures"
        self._figures.read_from({"role": self._readings})
        self._listener = Listener(host, port, self._figures.text, self.troubles)
        self._listener.start()
        _log.info("metrics_served", host=host, port=self._listener.port)

    def stands(self, sources: "Mapping[str, Source]", checks: "Sequence[Check]") -> None:
        """The role is there: read these too, and ask these whether it is ready."""
        if self._figures:
            self._figures.read_from(sources)
        self._checks = checks

    def ends(self) -> None:
        """Take nothing new on; the figures are told until ``close``."""
        self._checks = (lambda: NOT_YET,)

    def close(self) -> None:
        """Answer nothing more."""
        if self._listener:
            self._listener.close()

    def troubles(self) -> tuple[str, ...]:
        """Why the role is not ready, a sentence each."""
        return tuple(why for check in self._checks if (why := check()))

    def _readings(self) -> Iterable[Reading]:
        yield Reading(BUILD, 1, (__version__, self._role, self._name))
        yield Reading(READY, not self.troubles())


def instruments(settings: Settings, role: str, name: str) -> Instruments:
    """What RULEOUT_METRICS_LISTEN asks for; prometheus_client is imported only where it is set.

    Raises:
        RequestError: the setting is no address and port.
        InstrumentError: the address cannot be listened on.
    """
    if (listen := listening(settings)) is None:
        return Instruments(role, name)
    from bot.metrics.figures import Figures

    found = Instruments(role, name, Figures(of_role(role)))
    found.listen(*listen)
    return found


def listening(settings: Settings) -> tuple[str, int] | None:
    """The address and port of RULEOUT_METRICS_LISTEN; None: no figures are served.

    Raises:
        RequestError: the setting is no address and port.
    """
    listen = settings.text("RULEOUT_METRICS_LISTEN")
    if not listen:
        return None
    host, _, port = listen.rpartition(":")
    if not port.isdecimal() or int(port) > _LAST_PORT:
        raise RequestError("RULEOUT_METRICS_LISTEN must be address:port, such as 127.0.0.1:9464, or empty.")
    return host.strip("[]") or "127.0.0.1", int(port)


def free_bytes(path: Path) -> int:
    """What is free on the disk where the path lies, or will lie.

    Raises:
        InstrumentError: nobody can say.
    """
    there = next((one for one in (path, *path.absolute().parents) if one.exists()), path)
    try:
        return shutil.disk_usage(there).free
    except OSError as error:
        raise InstrumentError(f"The disk of {path} cannot be asked for its free space: {error.strerror}.") from error

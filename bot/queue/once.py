"""What was met before, by any bot process: Slack's deliveries, decisions on captures, download links."""

import time

from bot.queue import keys, server


class RedisOnce:
    """Remembers names for an hour; Slack redelivers to whichever bot is connected, for about five minutes."""

    def __init__(self, url: str, *, ca_file: str | None = None) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)
        self._met: dict[str, float] = {}  # by this process: a server that fails over may have forgotten it

    def seen(self, name: str) -> bool:
        """Whether this name was met before; from now on it was.

        Raises:
            InstrumentError: the server cannot be reached.
        """
        with server.said(self._url):
            met = not self._client.set(keys.delivery(name), b"1", nx=True, ex=keys.DELIVERY_S)
        now = time.monotonic()
        for over in [one for one, at in self._met.copy().items() if now - at > keys.DELIVERY_S]:
            self._met.pop(over, None)
        met = met or name in self._met
        self._met.setdefault(name, now)
        return met

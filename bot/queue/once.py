"""What was met before, by any bot process: Slack's deliveries, decisions on captures, download links."""

from bot.queue import keys, server


class RedisOnce:
    """Remembers names for an hour; Slack redelivers to whichever bot is connected, for about five minutes."""

    def __init__(self, url: str, *, ca_file: str | None = None) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)

    def seen(self, name: str) -> bool:
        """Whether this name was met before; from now on it was.

        Raises:
            InstrumentError: the server cannot be reached.
        """
        with server.said(self._url):
            return not self._client.set(keys.delivery(name), b"1", nx=True, ex=keys.DELIVERY_S)

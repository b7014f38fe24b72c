"""Which of Slack's deliveries were met before, by any bot process: a redelivery goes to whichever is connected."""

from bot.queue import keys, server


class RedisOnce:
    """Remembers names for an hour; Slack's last redelivery comes after about five minutes."""

    def __init__(self, url: str, *, ca_file: str | None = None) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)

    def seen(self, delivery: str) -> bool:
        """Whether this delivery was met before; from now on it was.

        Raises:
            InstrumentError: the server cannot be reached.
        """
        with server.said(self._url):
            return not self._client.set(keys.delivery(delivery), b"1", nx=True, ex=keys.DELIVERY_S)

"""The download server of ``ruleout bot``, where its operator configured one."""

from collections.abc import Callable, Sequence

from bot.archive import CaseArchive
from bot.downloads.counter import Counter
from bot.downloads.links import SignedLinks
from bot.downloads.server import DownloadServer
from bot.errors import RequestError
from bot.ports import Audit, Clock, Links
from bot.queue.seal import queue_key
from bot.roles.nowhere import Nowhere
from bot.settings import Settings

_PURPOSE = "downloads"


def downloads(
    settings: Settings,
    archive: CaseArchive,
    masters: Sequence[bytes],
    used: Callable[[str], bool],
    audit: Audit,
    clock: Clock,
) -> tuple[Links, DownloadServer | None]:
    """The links to the archive's captures, and the server behind them, which is not started yet.

    Raises:
        RequestError: the settings do not go together.
        InstrumentError: the address cannot be listened on.
    """
    listen, address = settings.text("RULEOUT_DOWNLOAD_LISTEN"), settings.text("RULEOUT_DOWNLOAD_URL")
    if not listen and not address:
        return Nowhere(), None
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or not address.startswith(("https://", "http://")):
        raise RequestError(
            "Set both RULEOUT_DOWNLOAD_LISTEN (address:port, such as 127.0.0.1:8080) and RULEOUT_DOWNLOAD_URL (what "
            "browsers use, such as https://ruleout.example.net), or neither."
        )
    keys = [queue_key(master, _PURPOSE) for master in masters]
    server = DownloadServer(Counter(archive, keys, used, audit, clock), host, int(port))
    return SignedLinks(archive, keys, address, clock), server

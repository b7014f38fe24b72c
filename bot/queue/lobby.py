"""Where invitations lie on the queue server until they are fetched: once each, whoever comes first."""

from collections.abc import Mapping
from contextlib import closing

from redis.exceptions import AuthenticationError, NoPermissionError

from bot.errors import InstrumentError, RequestError
from bot.queue import invitation, keys, server
from bot.queue.invitation import Invitation
from bot.queue.seal import ForgedError


def leave(
    url: str, invited: Invitation, settings: Mapping[str, str], lives_s: int, *, ca_file: str | None = None
) -> None:
    """Lay the sealed settings down for so long, and beside them the mark that there is such an invitation.

    Raises:
        InstrumentError: the server is away, or this user may not.
    """
    lying = invitation.close(invited, settings)
    with (
        server.said(url),
        closing(server.connect(url, ca_file=ca_file, connections=1)) as client,
        client.pipeline(transaction=True) as pipe,
    ):
        pipe.set(keys.invite(invited.id), lying, ex=lives_s)
        pipe.set(keys.invited(invited.id), b"1", ex=lives_s)
        pipe.execute()


def known(url: str, *, ca_file: str | None = None) -> bool:
    """Whether the user of this address is let in and may at least be told so.

    Raises:
        InstrumentError: the server is away.
    """
    with server.said(url), closing(server.connect(url, ca_file=ca_file, connections=1)) as client:
        try:
            return bool(client.ping())
        except (AuthenticationError, NoPermissionError):
            return False


def fetch(url: str, invited: Invitation) -> dict[str, str]:
    """The settings, which are gone from the server with this: of several who ask at once one is answered.

    Raises:
        RequestError: it was used, or its time is over; the text says which.
        InstrumentError: the server is away or lets nobody in, or somebody else wrote what lies there.
    """
    with server.said(url), closing(server.connect(url, ca_data=invited.ca or None, connections=1)) as client:
        # GETDEL reads and removes in one step (Redis 6.2), so the second of two never sees it.
        lying = client.getdel(keys.invite(invited.id))
        marked = lying is None and client.get(keys.invited(invited.id)) is not None
    if lying is None and marked:
        raise RequestError(
            "This invitation was used already, and each works once: ask for another one. If it was not you who used "
            "it, somebody else has the keys of this agent: follow 'A stolen agent' in deploy/README.md."
        )
    if lying is None:
        raise RequestError(
            f"This invitation is not there any more: it was valid until {invited.expires_at:%Y-%m-%d %H:%M} UTC. "
            "Ask for another one."
        )
    try:
        return invitation.open_(invited, lying)
    except ForgedError as error:
        raise InstrumentError(f"The invitation cannot be used: {error}. Ask for another one.") from error

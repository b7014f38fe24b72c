"""Why a device could not be read, in sentences that say what to check."""

from bot.agents.network.settings import DeviceSettings

STOPPED = "The reading was stopped."


class DeviceError(Exception):
    """A device did not answer as it should; the text is a sentence for the card."""


class SilentError(DeviceError):
    """It did not answer at all, and would cost the same time again."""


class StoppedError(DeviceError):
    """Nobody waits for the answer any more."""


class GarbledError(DeviceError):
    """It answered something that cannot be read: nothing of SNMP, or too much for one datagram."""


class RefusedError(DeviceError):
    """It answered that we may not. ``passing``: it may be otherwise once its engine's time was asked for anew."""

    def __init__(self, says: str, *, passing: bool) -> None:
        super().__init__(says)
        self.passing = passing


_USM = {
    1: "it does not know {user} with this security level: check `auth` and `priv` there and here",
    2: "it says that our time is not its own (notInTimeWindows), also after its time was asked for: it restarts, or "
    "its engine counts wrongly",
    3: "it does not know the user {user}",
    4: "its engine id changed while it was asked",
    5: "the password or the algorithm of `auth` is wrong for {user}",
    6: "the password or the algorithm of `priv` is wrong for {user}",
}
"""What the reports of RFC 3414 section 5 mean, by the last number of usmStats."""


def place(settings: DeviceSettings) -> str:
    """The device and where it was asked."""
    return f"{settings.name} ({settings.host}, UDP {settings.port})"


def silent(settings: DeviceSettings) -> SilentError:
    """Nothing came back. An agent that gets a wrong community says nothing either (RFC 3584 section 5.2.1)."""
    if settings.user is not None:
        return SilentError(
            f"{place(settings)} does not answer SNMPv3: it is down, cannot be reached from here, or does not speak it."
        )
    return SilentError(
        f"{place(settings)} does not answer: it is down or cannot be reached from here, or the community is wrong, "
        "which looks the same."
    )


def closed(settings: DeviceSettings) -> SilentError:
    """An ICMP message says that there is nobody."""
    return SilentError(f"{place(settings)} is there, but nothing listens on this port: SNMP is off, or it is another.")


def user_unheard(settings: DeviceSettings) -> SilentError:
    """Discovery was answered, the user is not: what cannot be decrypted is dropped without a word (net-snmp 5.9)."""
    user = settings.user.name if settings.user else ""
    return SilentError(
        f"{place(settings)} speaks SNMPv3, but does not answer the user {user}: most likely the password or the "
        "algorithm of `priv` is wrong."
    )


def refused(settings: DeviceSettings, report: int | None) -> RefusedError:
    """It said no; ``report`` is the usmStats number of its report, None: an error of its access list."""
    user = settings.user.name if settings.user else "this community"
    why = _USM.get(report or 0, "its access list does not let {user} read this").format(user=user)
    return RefusedError(f"{place(settings)} refuses: {why}.", passing=report in (2, 4))


def unsent(settings: DeviceSettings, error: OSError) -> SilentError:
    """The datagram did not leave."""
    return SilentError(f"{place(settings)} cannot be asked from here: {error.strerror or error}.")


def late(settings: DeviceSettings) -> str:
    """The time was over before it was read."""
    return f"{place(settings)} was not read to the end in the time there was."

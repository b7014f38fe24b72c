"""Why a UCS Manager could not be read, in sentences that say what to check."""

import socket
import ssl
from http.client import HTTPException
from xml.etree.ElementTree import ParseError

from bot.agents.network.ucs_settings import UcsSettings

FAILURES = (OSError, HTTPException, ParseError)
"""Everything that a manager, or the way to it, can do to a request."""


class ManagerError(Exception):
    """It did not answer as it should; the text is a sentence for the card."""


class LoginError(ManagerError):
    """We are not let in, so nothing else need be asked."""


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "it did not answer in time. Check whether its management address fails over at this moment"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted ({error.verify_message}). Check `ca_file`"),
    (ssl.SSLError, "no TLS connection came about ({error.reason}). Check its port and its TLS settings"),
    (socket.gaierror, "its name cannot be resolved. Check `host`"),
    (ConnectionRefusedError, "it refuses connections. Check `host`, `port`, and whether its HTTPS is on"),
    (ConnectionError, "the connection was cut. Check whether its interconnects fail over at this moment"),
    (OSError, "the connection failed ({error}). Check `host` and `port`"),
    (ParseError, "its answer breaks off or is no XML"),
    (HTTPException, "it does not answer as UCS Manager does ({error})"),
)


def place(settings: UcsSettings) -> str:
    """The manager and where it was asked."""
    return f"UCS Manager {settings.name} ({settings.host}, port {settings.port})"


def failed(settings: UcsSettings, error: BaseException, what: str | None = None) -> str:
    """The sentence; ``what`` is the class of objects that was asked for, None: the login."""
    text = next(text for kind, text in _REASONS if isinstance(error, kind)).format(error=error)
    return f"{place(settings)} could not be {'logged in to' if what is None else f'read ({what})'}: {text}."


def refused(settings: UcsSettings) -> LoginError:
    """Wrong user or password."""
    return LoginError(f"{place(settings)} refuses the user {settings.user}. Check the password.")


def locked(settings: UcsSettings, times: int) -> LoginError:
    """It refused too often."""
    return LoginError(
        f"{place(settings)} refused the user {settings.user} {times} times, and no further login is tried, so as not "
        "to lock the account: correct the password and restart the worker."
    )


def no(settings: UcsSettings, what: str | None, code: str, says: str) -> str:
    """It answered with an error of its own."""
    asked = "the login" if what is None else what
    return f"{place(settings)} answers {asked} with error {code[:40]}: {says[:200].strip().rstrip('.') or 'no reason'}."


def late(settings: UcsSettings) -> str:
    """The time was over before this was read."""
    return f"{place(settings)} was not read to the end in the time there was."

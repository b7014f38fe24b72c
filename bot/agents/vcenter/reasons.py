"""Why a vCenter could not be read, in words that say what to check."""

import socket
import ssl
import zlib
from http.client import HTTPException
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from pyVmomi import vim, vmodl

from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.words import UnknownWordError

FAILURES = (OSError, HTTPException, ParseError, ExpatError, zlib.error, vmodl.MethodFault)
"""Everything that a vCenter, or the way to it, can do to a call."""

_CHECK_SERVICE = "Check whether its vpxd service is well and whether a firewall drops packets on the way."
_CHECK_ADDRESS = "Check the host name, the port, and whether the vCenter is up."
_UPDATE = "A vCenter that is newer than the worker needs a newer worker: update it."
_CHECK_CA = "Check that {ca_file} holds this vCenter's CA, from https://{host}/certs/download.zip."

# The first kind that fits counts, so a special one stands before its base: NotAuthenticated is a NoPermission,
# and almost everything that a socket raises is an OSError.
_REASONS: tuple[tuple[type[BaseException], str, str], ...] = (
    (TimeoutError, "it did not answer in time", _CHECK_SERVICE),
    (vim.fault.InvalidLogin, "it refused the user name and password", "Check the password of {user}."),
    (vim.fault.NotAuthenticated, "it ended our session twice", _CHECK_SERVICE),
    (vim.fault.NoPermission, "the account lacks the permission", "Give {user} the role Read-only, with propagation."),
    (vmodl.MethodFault, "it answered with {error}", _CHECK_SERVICE),
    (ssl.SSLCertVerificationError, "its certificate is not trusted ({error.verify_message})", _CHECK_CA),
    (ssl.SSLError, "no TLS connection came about ({error.reason})", _CHECK_ADDRESS),
    (socket.gaierror, "its name cannot be resolved", _CHECK_ADDRESS),
    (ConnectionRefusedError, "it refuses connections", _CHECK_ADDRESS),
    (ConnectionError, "the connection was cut", _CHECK_SERVICE),
    (OSError, "the connection failed ({error})", _CHECK_ADDRESS),
    (UnknownWordError, "its answer holds something unknown to us ({error})", _UPDATE),
    (Exception, "it does not answer as a vCenter does ({error})", _CHECK_ADDRESS),
)


def session_is_gone(error: BaseException) -> bool:
    """Whether the vCenter no longer knows our session, or what it held: our collector and our views live in it."""
    return isinstance(error, (vim.fault.NotAuthenticated, vmodl.fault.ManagedObjectNotFound))


def clause(error: BaseException) -> str:
    """The reason as the end of a sentence that goes on ("..., because it did not answer in time")."""
    text = next(text for kind, text, _ in _REASONS if isinstance(error, kind))
    # A fault prints as a page of its fields; its name says as much.
    return text.format(error=type(error).__name__.rpartition(".")[2] if isinstance(error, vmodl.MethodFault) else error)


def advice(error: BaseException, settings: VcenterSettings) -> str:
    """What a person should check next, as a sentence."""
    text = next(text for kind, _, text in _REASONS if isinstance(error, kind))
    return text.format(user=settings.user, host=settings.host, ca_file=settings.ca_file or "the system's store")

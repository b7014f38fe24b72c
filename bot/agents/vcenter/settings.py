"""What the worker is told about its vCenter, and how long it may take."""

import ssl
from dataclasses import dataclass, field

from bot.errors import InstrumentError
from bot.model.job import Vantage
from bot.ports import NO_METER, Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class VcenterSettings:
    """One vCenter and the account that reads it.

    ``vantage.segment`` is the vCenter's name, the first half of every VM's identity ("dc1/vm-42"). ``ca_file`` empty:
    the system's certificates. ``timeout_s`` bounds a whole look-up, ``call_timeout_s`` the silence that one call
    suffers. ``index_s`` is how long the list of who owns what is used again before the inventory is read anew, where it
    is not kept up to date. ``wait_s`` is how long a vCenter with no news may be silent: so old does a list get that is
    kept up to date. ``late_s`` is how much later its answer may come before the list counts as out of date, and
    ``patience_s`` before the wait is given up. ``keep_alive_s`` lies between two calls that keep the session.
    ``guest_user`` lists the processes inside VMs, of which those named in ``guest_agents`` are kept; empty: nobody
    asks in a guest. ``meter`` counts the calls.
    """

    vantage: Vantage
    host: str
    port: int = 443
    user: str
    password: str = field(repr=False)
    ca_file: str = ""
    timeout_s: float = 25.0
    call_timeout_s: float = 10.0
    index_s: float = 20.0
    wait_s: int = 20
    late_s: float = 10.0
    patience_s: float = 40.0
    keep_alive_s: float = 300.0
    page: int = 500
    guest_user: str = ""
    guest_password: str = field(default="", repr=False)
    guest_agents: tuple[str, ...] = ()
    meter: Meter = field(default=NO_METER, repr=False, compare=False)

    @property
    def vcenter(self) -> str:
        """The vCenter's name."""
        return self.vantage.segment

    def tls(self) -> ssl.SSLContext:
        """A context that always verifies the certificate and the host name, with TLS 1.2 or newer.

        Never a thumbprint: pyVmomi 9.1 stops verifying every later connection once a pinned one was accepted.

        Raises:
            InstrumentError: the CA file cannot be read.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:  # ssl.SSLError is one: a file without a certificate in it
            raise InstrumentError(f"{self.ca_file} cannot be read as CA certificates: {error}.") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

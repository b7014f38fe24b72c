"""The vCenter: reached, its certificate checked, the login right; the account may read everything, and no more."""

from collections.abc import Iterator

from bot.agents.vcenter import rights
from bot.agents.vcenter.rights import IN_GUESTS, NEEDED, Account
from bot.agents.vcenter.settings import VcenterSettings
from bot.doctor.line import Line, ok, wrong
from bot.errors import InstrumentError

_ROLE = "Give the account the role of README, step 7, on the root of the inventory, with Propagate to children"
_SKEW_S = 2.0
_MOST_NAMED = 5


def lines(settings: VcenterSettings) -> Iterator[Line]:
    """One login, and out again; a refused one is not tried a second time."""
    name = settings.vcenter
    try:
        account = rights.look(settings)
    except InstrumentError as error:
        yield wrong(str(error), "See trouble 9 of deploy/RUNBOOK.md.")
        return
    yield ok(f"vCenter {name} lets {settings.user} in and out (API {account.api_version}, its certificate checked)")
    yield from of(account, settings)


def of(account: Account, settings: VcenterSettings) -> Iterator[Line]:
    """What is to be said of such an account."""
    name = settings.vcenter
    yield from _privileges(account, settings)
    if account.vms and account.hosts:
        yield ok(f"it shows {account.vms} VMs on {account.hosts} hosts of {name}")
    else:
        yield wrong(f"it shows {account.vms} VMs and {account.hosts} hosts of {name}", f"{_ROLE}.")
    way = "ahead of" if account.ahead_s > 0 else "behind"
    if abs(account.ahead_s) >= _SKEW_S:
        says = f"this machine's clock is {abs(account.ahead_s):.0f} s {way} that of vCenter {name}"
        yield wrong(says, "Set up NTP on both, else its events and moves stand at wrong times.")
    else:
        yield ok(f"this machine's clock agrees with that of vCenter {name}")


def _privileges(account: Account, settings: VcenterSettings) -> Iterator[Line]:
    needed = {*NEEDED, *([IN_GUESTS] if settings.guest_user else [])}
    missing, spare = sorted(needed - account.granted), sorted(account.granted - needed)
    if missing:
        yield wrong(f"the account lacks {', '.join(missing)}", f"{_ROLE}.")
    if spare:
        more = f" and {len(spare) - _MOST_NAMED} more" if len(spare) > _MOST_NAMED else ""
        says = f"the account may more than read: {', '.join(spare[:_MOST_NAMED])}{more}"
        yield wrong(says, f"{_ROLE}, and no other role or group.")
    if not missing and not spare:
        yield ok(f"the account may read everything and do nothing ({len(account.asked)} privileges asked about)")

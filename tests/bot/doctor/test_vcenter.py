"""The vCenter and its account, on the simulator."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.agents.vcenter.rights import Account
from bot.agents.vcenter.settings import VcenterSettings
from bot.doctor import vcenter
from bot.doctor.line import Line, Standing
from deploy.lab.vcsim import Vcsim
from tests.bot.agents.vcenter.conftest import settings
from tests.bot.doctor.saying import standings, wrongs
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim
READ_ONLY = ["System.Anonymous", "System.View", "System.Read"]
IN_GUESTS = "VirtualMachine.GuestOperations.Query"


@pytest.fixture
def there(vcsim: StartHere) -> Vcsim:
    return vcsim("owners.json")


def looked(there: Vcsim, **changed: object) -> list[Line]:
    return list(vcenter.lines(replace(settings(there.port, there.ca_file), **changed)))  # type: ignore[arg-type]


def test_an_account_that_reads_everything_and_does_nothing_is_right(there: Vcsim) -> None:
    """One login, one logout, and nothing of the list is left out."""
    there.apply(granted=READ_ONLY)
    lines = looked(there)
    assert standings(lines) == {Standing.OK}
    assert any("VMs on" in line.says for line in lines)
    calls = there.calls()
    assert (calls["Login"], calls["Logout"], there.sessions()) == (1, 1, 0)


def test_a_privilege_that_is_missing_and_those_too_many_are_named(there: Vcsim) -> None:
    """An administrator's account does everything that is asked for, and more."""
    there.apply(granted=READ_ONLY[:2])
    assert "the account lacks System.Read" in wrongs(looked(there))
    there.apply(granted=[*READ_ONLY, "VirtualMachine.Interact.PowerOff"])
    assert wrongs(looked(there)) == ["the account may more than read: VirtualMachine.Interact.PowerOff"]


def test_the_privilege_for_guests_is_needed_only_where_guests_are_asked(there: Vcsim) -> None:
    """And is one too many elsewhere."""
    guests = {"guest_user": "svc", "guest_password": "pw", "guest_agents": ("had",)}
    there.apply(granted=READ_ONLY)
    assert wrongs(looked(there, **guests)) == [f"the account lacks {IN_GUESTS}"]
    there.apply(granted=[*READ_ONLY, IN_GUESTS])
    assert wrongs(looked(there, **guests)) == []
    assert wrongs(looked(there)) == [f"the account may more than read: {IN_GUESTS}"]


def test_a_wrong_password_costs_one_login(there: Vcsim) -> None:
    """A doctor that is called again and again must not lock the account at its first call."""
    (says,) = wrongs(looked(there, password="wrong"))
    assert "it refused the user name and password" in says
    assert there.calls()["Login"] == 1


def test_a_certificate_of_another_ca_and_a_port_where_nobody_is(there: Vcsim, vcsim: StartHere) -> None:
    """Before anything is sent."""
    stranger = vcsim("owners.json")
    assert "certificate is not trusted" in wrongs(looked(there, ca_file=str(stranger.ca_file)))[0]
    assert there.calls() == {}
    assert "it refuses connections" in wrongs(looked(there, port=1))[0]


def test_a_ca_file_that_is_none_is_said(tmp_path: Path) -> None:
    """The archive of certificates that nobody unpacked."""
    (tmp_path / "ca.pem").write_text("PK")
    told: VcenterSettings = settings(443, tmp_path / "ca.pem")
    assert "cannot be read as CA certificates" in wrongs(vcenter.lines(told))[0]


def test_an_account_that_sees_no_machine_lacks_the_propagation() -> None:
    """What it may not see is missing, not refused."""
    account = Account("8.0.1.0", frozenset(READ_ONLY), frozenset(READ_ONLY), 0, 0, 5.0)
    says = wrongs(vcenter.of(account, settings(443, "")))
    assert says == ["it shows 0 VMs and 0 hosts of dc1", "this machine's clock is 5 s ahead of that of vCenter dc1"]

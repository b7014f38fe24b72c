"""The devices of the file, against a real snmpd and the stand-in for UCS Manager."""

from pathlib import Path

import pytest

from bot.doctor import devices
from bot.doctor.line import Line, Standing
from bot.roles.network import abilities
from bot.system import SystemClock
from deploy.lab.ucsm import Authority, UcsManager
from tests.bot.doctor.saying import wrongs
from tests.fixtures.snmpd import AUTH, PRIV, Snmpd, StartSnmpd, bridge_rows, fdb_rows, lldp_rows

APP = "00:50:56:11:20:05"


@pytest.fixture
def switch(snmpd: StartSnmpd) -> Snmpd:
    """A switch with a bridge, one MAC and one neighbour."""
    rows = [*bridge_rows([(1, 1)], [(20, 1, "80")]), *fdb_rows([(1, APP, 1, 3)]), *lldp_rows([(1, "core-1", "g1")])]
    return snmpd("sw1", rows)


def looked(tmp_path: Path, *tables: str) -> dict[str, list[Line]]:
    """The lines by the device's name."""
    file = tmp_path / "network.toml"
    file.write_text("".join(f"[[device]]\n{table}\ntimeout_s = 0.3\nretries = 0\n" for table in tables))
    by_name: dict[str, list[Line]] = {}
    for line in devices.lines(abilities("dc1", file), "dc1", SystemClock()):
        by_name.setdefault(line.says.split()[0].rstrip(":"), []).append(line)
    return by_name


def v2c(name: str, port: int, community: str = "public") -> str:
    return (
        f'name = "{name}"\nhost = "127.0.0.1"\nport = {port}\nrole = "access"\nversion = "2c"\n'
        f'community = "{community}"'
    )


def v3(name: str, port: int, auth: str = AUTH, priv: str = PRIV, user: str = "private") -> str:
    return (
        f'name = "{name}"\nhost = "127.0.0.1"\nport = {port}\nrole = "access"\nversion = "3"\nuser = "{user}"\n'
        f'auth = "sha1"\nauth_password = "{auth}"\npriv = "aes128"\npriv_password = "{priv}"'
    )


@pytest.mark.server
def test_a_device_that_answers_is_named_with_what_it_shows(switch: Snmpd, tmp_path: Path) -> None:
    """By both versions of SNMP; one whose networks say nothing about the target is asked too."""
    lines = looked(tmp_path, v2c("plain", switch.port), v3("private", switch.port) + '\nnetworks = ["192.0.2.0/24"]')
    assert {name: [line.standing for line in told] for name, told in lines.items()} == {
        "plain": [Standing.OK],
        "private": [Standing.OK],
    }
    assert "fdb" in lines["plain"][0].says


@pytest.mark.server
def test_one_device_that_is_wrong_hides_no_other(switch: Snmpd, tmp_path: Path) -> None:
    """Each by its own sentence: which credential, and nothing of it."""
    lines = looked(
        tmp_path,
        v2c("good", switch.port),
        v2c("community", switch.port, "not-the-community"),
        v3("auth", switch.port, auth="a wrong password"),
        v3("priv", switch.port, priv="a wrong password"),
        v3("user", switch.port, user="nobody"),
        v2c("nowhere", 9),
    )
    says = {name: " ".join(wrongs(told)) for name, told in lines.items()}
    assert says.pop("good") == ""
    parts = {
        "community": "the community is wrong",
        "auth": "the password or the algorithm of `auth` is wrong for private",
        "priv": "the password or the algorithm of `priv` is wrong",
        "user": "it does not know the user nobody",
        "nowhere": "nothing listens on this port",
    }
    assert [name for name, part in parts.items() if part not in says[name]] == []
    assert "not-the-community" not in str(lines)
    assert "a wrong password" not in str(lines)


@pytest.mark.server
def test_a_switch_without_a_bridge_lacks_what_it_is_asked_for(snmpd: StartSnmpd, tmp_path: Path) -> None:
    """A view that is too narrow: it answers, and shows no MAC table."""
    lines = looked(tmp_path, v2c("narrow", snmpd("narrow").port))
    assert "shows no bridge over SNMP" in " ".join(wrongs(lines["narrow"]))
    assert [line.says for line in lines["narrow"] if line.standing is Standing.UNKNOWN] == [
        "narrow: narrow tells of no neighbour by LLDP or CDP"
    ]


@pytest.mark.server
def test_a_ucs_manager_answers_or_is_wrong_by_its_own_sentence(
    ucsm: UcsManager, ucs_authority: Authority, tmp_path: Path
) -> None:
    """The same file names both kinds; a wrong password is said, and not shown."""

    def told(password: str) -> list[Line]:
        file = tmp_path / "network.toml"
        file.write_text(
            f'[[ucs]]\nname = "ucs1"\nhost = "{ucsm.host}"\nport = {ucsm.port}\nuser = "{ucsm.sessions.user}"\n'
            f'password = "{password}"\nca_file = "{ucs_authority.ca}"\n'
        )
        return list(devices.lines(abilities("dc1", file), "dc1", SystemClock()))

    right = told(ucsm.sessions.password)
    assert [line.says.split(":")[0] for line in right] == ["ucs1 answers"]
    wrong = told("not-the-password")
    assert wrongs(wrong)
    assert "ucs1" in wrong[0].says
    assert "not-the-password" not in str(wrong)

"""Against Debian's snmpd: what a real agent tells, with every version, and what it says to who may not ask."""

from ipaddress import IPv4Address

import pytest

from bot.agents.network.settings import User
from bot.model.network import Adjacent, Extent, FdbEntry, Identity, Kind, PortState, Table
from tests.bot.agents.network.stage import ability, device, job, look
from tests.fixtures.snmpd import AUTH, PRIV, StartSnmpd, bridge_rows, fdb_rows, lldp_rows

APP = "00:50:56:11:20:05"
PRIVATE = User(name="private", auth="sha1", auth_password=AUTH, priv="aes128", priv_password=PRIV)
ROWS = [
    *bridge_rows([(1, 1), (7, 2)], [(10, 1010, "82"), (20, 1020, "02")]),
    *fdb_rows([(1010, APP, 7, 3), (1020, "00:50:56:11:20:06", 1, 5)]),
    *lldp_rows([(2, "esx1", "vmnic2")]),
]


def user(
    name: str, auth: str, priv: str | None = None, *, auth_password: str = AUTH, priv_password: str = PRIV
) -> User:
    return User(
        name=name, auth=auth, auth_password=auth_password, priv=priv, priv_password=priv_password if priv else ""
    )


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(None, id="v2c"),
        pytest.param(user("plain", "sha1"), id="authNoPriv"),
        pytest.param(PRIVATE, id="SHA-1 AES-128"),
        pytest.param(user("modern", "sha256", "aes128"), id="SHA-256 AES-128"),
        pytest.param(user("strong", "sha512", "aes256"), id="SHA-512 AES-256"),
    ],
)
def test_a_switch_tells_its_tables(snmpd: StartSnmpd, who: User | None) -> None:
    """Every version and algorithm that the configuration takes reads the same rows."""
    agent = snmpd("sw1", ROWS)
    said = look(ability(device("sw1", agent.port, user=who)), job(macs=[APP]))["sw1"]
    assert [row.name for row in said.rows(Identity)] == ["sw1"]
    assert FdbEntry(mac=APP, vlan=10, port=said.rows(FdbEntry)[0].port, kind=Kind.DYNAMIC) in said.rows(FdbEntry)  # type: ignore[arg-type]
    assert {(row.vlan, row.kind) for row in said.rows(FdbEntry)} == {(10, Kind.DYNAMIC), (20, Kind.STATIC)}
    assert [(row.name, row.far_port) for row in said.rows(Adjacent)] == [("esx1", "vmnic2")]
    assert {row.port: row.vlans for row in said.rows(PortState)}["lo"] == (10,)
    assert said.extents(Table.FDB) == [Extent.ASKED, Extent.WHOLE]
    assert AUTH.encode() not in said.data
    assert PRIV.encode() not in said.data
    assert b"public" not in said.data


@pytest.mark.parametrize(
    ("who", "says"),
    [
        pytest.param(user("nobody", "sha1", "aes128"), "does not know the user nobody", id="unknown user"),
        pytest.param(
            user("private", "sha1", "aes128", auth_password="x" * 8), "`auth` is wrong for private", id="auth key"
        ),
        pytest.param(user("private", "sha256", "aes128"), "`auth` is wrong for private", id="auth algorithm"),
        pytest.param(
            user("private", "sha1", "aes128", priv_password="x" * 8), "algorithm of `priv` is wrong", id="priv key"
        ),
        pytest.param(user("private", "sha1"), "access list does not let private read", id="too low a level"),
        pytest.param(user("barred", "sha1", "aes128"), "access list does not let barred read", id="no access"),
    ],
)
def test_what_is_wrong_with_a_user_is_said(snmpd: StartSnmpd, who: User, says: str) -> None:
    """Whoever set it up knows what to mend; the passwords are in no sentence."""
    agent = snmpd()
    said = look(ability(device("sw1", agent.port, user=who, timeout_s=0.5)), job())["sw1"]
    assert set(map(str, said.extents(Table.ARP))) == {"none"}
    assert says in said.why(Table.ARP)
    assert AUTH not in said.why(Table.ARP)


def test_a_wrong_community_is_silence_and_both_reasons_are_named(snmpd: StartSnmpd) -> None:
    """RFC 3584: an agent says nothing to who has the wrong one."""
    agent = snmpd()
    wrong = device("sw1", agent.port)
    said = look(
        ability(
            type(wrong)(
                device=wrong.device, host=wrong.host, port=wrong.port, community="secret", timeout_s=0.3, retries=0
            )
        ),
        job(),
    )
    assert "is down or cannot be reached" in said["sw1"].why(Table.IDENTITY)
    assert "community is wrong" in said["sw1"].why(Table.IDENTITY)
    assert b"secret" not in said["sw1"].data


def test_an_agent_that_restarted_is_read_again(snmpd: StartSnmpd) -> None:
    """Its engine boots anew; a worker that runs for months lives through that."""
    agent = snmpd("sw1", ROWS)
    able = ability(device("sw1", agent.port, user=PRIVATE))
    look(able, job(macs=[APP]))
    agent.stop()
    agent.start()
    assert look(able, job(macs=[APP]))["sw1"].rows(FdbEntry)


def test_the_kernels_own_arp_table_is_asked_for_by_name(snmpd: StartSnmpd) -> None:
    """Loopback holds no neighbours: the row was asked for on the interface in the target's net, and is not there."""
    agent = snmpd()
    said = look(ability(device("sw1", agent.port)), job(target=IPv4Address("127.0.0.9")))["sw1"]
    assert said.extents(Table.ARP)[0] is Extent.ASKED


def test_a_row_that_moves_while_it_is_listened_to_is_seen_on_both_ports(snmpd: StartSnmpd) -> None:
    """Flapping shows only to who reads again and again."""
    agent = snmpd("sw1", ROWS)
    able = ability(device("sw1", agent.port))
    turns = 0

    def stopped() -> bool:
        nonlocal turns
        turns += 1
        if turns == 60:
            agent.serve([*bridge_rows([(1, 1), (7, 2)], [(10, 1010, "82")]), *fdb_rows([(1010, APP, 1, 3)])])
        return False

    said = look(able, job(macs=[APP], listen_s=2.0), stopped)["sw1"]
    assert len({row.port for row in said.rows(FdbEntry) if row.mac == APP}) == 2

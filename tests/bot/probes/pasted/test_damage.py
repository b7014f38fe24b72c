"""What people and chats do to a table before it arrives, and what is no table at all."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.network import ArpEntry, Device, Extent, Role, Table
from bot.model.observation import Observation, RowSeen, TableRead
from bot.probes import pasted, read
from bot.probes.pasted import cleaning
from tests.bot.probes.pasted import outputs
from tests.bot.probes.pasted.test_formats import AT, MAC, TARGET, one

WHOLE = pasted.Paste(text=outputs.IOS_ARP, reporter="U0ANA00001", pasted_at=AT, device="core-1", role=Role.CORE)


def observed(data: bytes) -> tuple[Observation, ...]:
    """What the door that every artifact goes through makes of the bytes."""
    at = AT + timedelta(seconds=2)
    vantage = Vantage("core-1", "", "")
    return read(Artifact("inc.1", Probe.NETWORK, vantage, Media.PASTED, digest_of(data), len(data), AT, at, None), data)


def reading(text: str, **said: str) -> pasted.Reading:
    return pasted.take(pasted.Paste(text=text, reporter="U0ANA00001", pasted_at=AT, **said))  # type: ignore[arg-type]


def said_of(text: str) -> str:
    """What the reporter hears of it, in any case a sentence."""
    try:
        return f"{len(reading(text).tables)} tables."
    except BundleError as refusal:
        return str(refusal)


def targets(text: str) -> list[ArpEntry]:
    found = [row for table in reading(text).tables for _, row in table.rows]
    return [row for row in found if isinstance(row, ArpEntry) and row.ip == TARGET]


def test_a_paste_becomes_observations_with_its_reporter() -> None:
    """Whose word it is stands with every row, and so does the line."""
    table, *rows = observed(pasted.write(WHOLE))
    device = Device("core-1", Role.CORE, reporter="U0ANA00001")
    assert isinstance(table, TableRead)
    assert (table.device, table.table, table.extent, table.locator) == (device, Table.ARP, Extent.WHOLE, "line 2")
    assert [row.locator for row in rows] == ["line 3", "line 4", "line 5", "line 6"]
    assert all(isinstance(row, RowSeen) and row.device == device for row in rows)


def test_the_name_comes_from_the_prompt_where_nobody_gives_one() -> None:
    """A device that nobody names at all is called so."""
    (table, *_) = observed(pasted.write(replace(WHOLE, device=None, role=None)))
    assert isinstance(table, TableRead)
    assert table.device == Device("core-1", Role.OTHER, reporter="U0ANA00001")
    rows_alone = outputs.IOS_ARP.split("\n", 1)[1].replace("core-1#", "")
    (table, *_) = observed(pasted.write(replace(WHOLE, device=None, text=rows_alone)))
    assert isinstance(table, TableRead)
    assert table.device.name == "pasted"


DAMAGE: dict[str, Callable[[str], str]] = {
    "no-break spaces": lambda text: text.replace("  ", "\u00a0\u00a0"),
    "indentation lost": lambda text: "\n".join(line.strip() for line in text.split("\n")),
    "indented": lambda text: "\n".join(f"    {line}" for line in text.split("\n")),
    "escaped": lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    "a fence": lambda text: f"```\n{text}```",
    "a fence on the first line": lambda text: f"```{text}```",
    "linked MACs": lambda text: text.replace("0050.5680.1234", "<tel:005056801234|0050.5680.1234>"),
    "linked addresses": lambda text: text.replace("10.0.0.5 ", "<http://10.0.0.5|10.0.0.5> "),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "control characters": lambda text: text.replace("Internet", "\x1b[1mInternet\x00\x1b[0m"),
    "zero-width spaces": lambda text: text.replace("ARPA", "AR\u200bPA"),
    "tabs": lambda text: text.replace("   ", "\t"),
    "a pager's mark": lambda text: text.replace("Internet  10.0.0.6", " --More-- \b\b\b\nInternet  10.0.0.6"),
    "a pager's mark in the line": lambda text: text.replace("Internet  10.0.0.5", " --More--  Internet  10.0.0.5"),
}


@pytest.mark.parametrize("damage", [pytest.param(name, id=name) for name in DAMAGE])
@pytest.mark.parametrize("name", ["IOS_ARP", "PROCURVE_ARP", "COMWARE_ARP", "LINUX_NEIGH"])
def test_what_a_chat_does_to_a_table_is_undone(name: str, damage: str) -> None:
    """The same rows, and still the whole table."""
    text = getattr(outputs, name)
    assert [row for _, row in one(DAMAGE[damage](text)).rows] == [row for _, row in one(text).rows]
    assert one(DAMAGE[damage](text)).extent is Extent.WHOLE


def test_several_commands_in_one_paste_are_several_tables() -> None:
    """Each with the device and lines of its own, and what is no table is said."""
    between = "core-1#show version\nCisco IOS Software\n"
    found = reading(outputs.IOS_ARP + between + outputs.IOS_MAC + outputs.LINUX_NEIGH)
    assert [(table.device, table.table) for table in found.tables] == [
        ("core-1", Table.ARP),
        ("acc-1", Table.FDB),
        ("web-1", Table.ARP),
    ]
    assert found.notes == ("`show version` shows no table that I read.",)


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("show ip arp 10.0.0.5", "10.0.0.5"),
        ("sh ip arp | i 10.0.0.5", "10.0.0.5"),
        ("show ip arp | include 10\\.0\\.0", None),
        ("show ip arp vlan 10", None),
        ("show ip arp | exclude 10.0.0.5", None),
    ],
)
def test_a_filtered_command_shows_only_what_was_asked(command: str, asked: str | None) -> None:
    """Of the others nothing can be said."""
    table = one(outputs.IOS_ARP.replace("show ip arp", command))
    assert table.extent is Extent.ASKED
    assert table.asked_ip == (IPv4Address(asked) if asked else None)


def test_a_filter_by_mac_asks_for_that_mac() -> None:
    """As a VRF, or a pager that is off, filters nothing."""
    assert one(outputs.IOS_MAC.replace("sh mac add", "show mac address-table address 0050.5680.1234")).asked_macs == (
        MAC,
    )
    assert one(outputs.IOS_ARP.replace("show ip arp", "show ip arp vrf prod")).extent is Extent.WHOLE
    assert one(outputs.JUNOS_ARP.replace("no-resolve", "no-resolve | no-more")).extent is Extent.WHOLE


def test_a_command_that_shows_no_row_says_that_there_is_none() -> None:
    """The absence of the asked address is what somebody wanted to show."""
    table = one("core-1#show ip arp 10.0.0.5\ncore-1#\n")
    assert (table.extent, table.asked_ip, table.rows, table.why) == (Extent.ASKED, TARGET, (), None)
    cut = one("core-1#show ip arp 10.0.0.5\n")
    assert (cut.extent, cut.why) == (Extent.PART, "nothing stands after the command")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(outputs.IOS_ARP.rsplit("\n", 2)[0][:-24], "line 6 was not understood", id="last line cut"),
        pytest.param(
            outputs.IOS_ARP.replace("core-1#\n", " --More-- "), "it ends where the pager waited for a key", id="pager"
        ),
        pytest.param(
            outputs.NXOS_ARP.replace("entries: 3", "entries: 44"),
            "the device counts 44 entries and 3 are here",
            id="count",
        ),
        pytest.param(
            "Internet  10.0.0.5   187   0050.5680.1234  ARPA   Vlan10",
            "it has neither a heading nor the line on which the command was typed",
            id="one row",
        ),
        pytest.param(
            outputs.IOS_ARP.replace("0050.5680.1234", "0050.5680.12345"),
            "line 4 was not understood",
            id="a MAC of thirteen digits",
        ),
        pytest.param(
            outputs.IOS_MAC.split("  10    0000.0c9f")[0] + "  10    0000.0c",
            "line 10, its last, was not understood",
            id="a last line that breaks off in a MAC",
        ),
    ],
)
def test_what_broke_off_is_a_part_and_says_why(text: str, why: str) -> None:
    """What is not there may exist."""
    table = one(text)
    assert (table.extent, table.why) == (Extent.PART, why)


def test_a_table_of_another_platform_than_was_chosen_is_read_as_what_it_is() -> None:
    """And says so."""
    found = reading(outputs.JUNOS_ARP, platform="cisco_ios")
    assert found.tables[0].platform == "juniper_junos"
    assert found.notes == ("This looks like Juniper Junos and not Cisco IOS and IOS-XE; I read it as that.",)
    with pytest.raises(BundleError, match="'plan9' is no platform that I know; I know Cisco IOS"):
        reading(outputs.IOS_ARP, platform="plan9")


@pytest.mark.parametrize(
    "text", ["", "hello, our ARP tables are fine", "{}", "<html><body>10</body></html>", "\x00" * 50]
)
def test_what_is_no_table_gets_one_sentence(text: str) -> None:
    """It says what was expected and which platforms are known."""
    with pytest.raises(BundleError, match=r"paste the output of a command such as `show ip arp`.*Cisco IOS"):
        reading(text)


def test_too_much_is_refused_and_too_many_lines_are_a_part() -> None:
    """A person's paste costs no more memory than its bound."""
    with pytest.raises(BundleError, match="may have 1,048,576 bytes"):
        pasted.write(replace(WHOLE, text="x" * ((1 << 20) + 1)))
    with pytest.raises(BundleError, match="may have 1,048,576 bytes"):
        observed(json.dumps({**json.loads(pasted.write(WHOLE)), "text": "ä" * (1 << 20)}).encode())
    row = "10.0.0.{} dev eth0 lladdr 00:50:56:80:12:34 STALE"
    long = "web-1$ ip neigh\n" + "\n".join(row.format(number % 250) for number in range(cleaning.MOST_LINES + 5))
    table = one(f"ana@{long}".replace("web-1$", "web-1:~$"))
    assert (table.extent, len(table.rows)) == (Extent.PART, cleaning.MOST_LINES - 1)


HOSTILE = [
    "\\w" * 120,
    "a-" * 2_000,
    "1." * 2_000,
    "10.0.0.5 " + "1" * 64 + " " + "1" * 64,
    "10.0.0.5   0050-5680-" + "a" * 60 + "!",
    ("a" * 60 + " ") * 4,
    "00:" * 5_000,
    "<tel:" * 3_000,
    "--more" * 3_000,
    "10.0.0.5 dev " + "router " * 60,
    "* 10 0050.5680.1234 dynamic 1 F F " + "a," * 80,
    "&lt;" * 2_000,
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_no_line_costs_more_than_its_length(line: str) -> None:
    """A pattern that tries every split of a line would take years over one of these, a thousand times."""
    text = "core-1#show ip arp\n" + f"{line}\n" * 1_000 + outputs.IOS_ARP
    text = text[: 1 << 20]
    if outputs.IOS_ARP in text:
        assert [entry.mac for entry in targets(text)] == [MAC]
    else:  # what was cut away with it leaves no table, and no empty one either
        with pytest.raises(BundleError):
            reading(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It is read, or refused with a sentence."""
    assert said_of(text).endswith(".")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([name for name in dir(outputs) if name.isupper()]), st.data())
def test_no_mutation_of_a_table_breaks_the_reader(name: str, data: st.DataObject) -> None:
    """What is near a table is more dangerous than what is far from one."""
    text = getattr(outputs, name)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        width = data.draw(st.integers(0, 40))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", "\n", "  ", "-", "#", "0x", "|", ":", "9" * 30]))
            + text[at + width :]
        )
    assert said_of(text).endswith(".")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["text", "device", "role", "platform", "command", "reporter", "pasted_at"]), inner, max_size=7),
    max_leaves=10,
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """A case from elsewhere may hold anything under this name."""
    with pytest.raises(BundleError):
        observed(data)


def test_a_paste_is_written_and_read_back() -> None:
    """In UTC, whatever the zone."""
    assert pasted.parse(pasted.write(WHOLE)) == WHOLE
    assert pasted.parse(pasted.write(WHOLE)).pasted_at.tzinfo is UTC
    assert datetime.fromisoformat(json.loads(pasted.write(WHOLE))["pasted_at"]) == AT

"""A table as people have it: CSV or JSON, with gaps, several values, and mistakes that are named."""

import json

import pytest

from bot.errors import BundleError
from bot.model.cause import Side
from bot.split import form
from bot.split.machines import Attribute, Table

GUEST, NETWORK, HYPERVISOR = Side

CSV = b"""\xef\xbb\xbfVM, Affected ,cluster,Guest_OS,agents,guest: patch
app01,yes,A,linux,"scanner; backup",7
app02,NO,B,,none,?

app03,,a,Linux,Scanner;?
"""
JSON = [
    {"machine": "app01", "affected": True, "cluster": "A", "guest os": "linux", "agents": ["scanner", "backup"]},
    {"machine": "app02", "affected": 0, "cluster": "B", "guest os": None, "agents": []},
    {"machine": "app03", "affected": "?", "cluster": "a", "guest_os": "Linux", "agents": ["Scanner", None]},
]
EXPECTED = Table(
    machines=("app01", "app02", "app03"),
    affected=(True, False, None),
    attributes=(
        Attribute("cluster", frozenset({HYPERVISOR}), (frozenset({"A"}), frozenset({"B"}), frozenset({"A"}))),
        Attribute("guest os", frozenset({GUEST}), (frozenset({"Linux"}), None, frozenset({"Linux"}))),
        Attribute("agents", frozenset({GUEST}), (frozenset({"scanner", "backup"}), frozenset({"none"}), None)),
    ),
)
PATCH = Attribute("patch", frozenset({GUEST}), (frozenset({"7"}), None, None))


def test_a_table_is_read_as_it_was_meant() -> None:
    """Byte order mark, upper and lower case, blanks, short lines: an export of a spreadsheet has them all."""
    read = form.read(CSV)
    assert read == Table(EXPECTED.machines, EXPECTED.affected, (*EXPECTED.attributes, PATCH))


def test_json_is_the_same_table() -> None:
    """Lists are several values, an empty one is none, null is not known."""
    assert form.read(json.dumps(JSON).encode()) == EXPECTED


def test_a_field_that_is_partly_unknown_is_unknown() -> None:
    """That a VM runs the scanner and something else does not say that it lacks the agent."""
    read = form.read(b"machine,affected,agent\na,yes,scanner;?\nb,no,scanner;;\n")
    assert read.attributes[0].values == (None, frozenset({"scanner"}))


def test_columns_without_name_and_values_are_passed_over() -> None:
    """A spreadsheet exports the empty columns beside the table, too."""
    assert [one.name for one in form.read(b"machine,affected,,\na,yes,,\n").attributes] == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "needs a column machine and a column affected", id="empty"),
        pytest.param(b"machine;affected\na;yes\n", "parted by commas", id="semicolons"),
        pytest.param(b"machine,cluster\na,A\n", "a column affected", id="nobody-affected"),
        pytest.param(b"\xff\xfem\x00", "not text in UTF-8", id="utf-16"),
        pytest.param(
            b"machine,affected\na,yes,A\n", "Line 2 of the table has 3 fields; its first line names 2", id="long"
        ),
        pytest.param(b'machine,affected\n"a,yes\n', "Line 2 of the table is not CSV: unexpected end", id="quote"),
        pytest.param(b"machine,affected\n,yes\n", "Machine 1 of the table has no name", id="no-name"),
        pytest.param(b"machine,affected\na,yes\nA,no\n", "names A twice; each machine stands in one line", id="twice"),
        pytest.param(
            b"machine,affected\na,maybe\n", "Whether a is affected is 'maybe'; it must be yes, no", id="maybe"
        ),
        pytest.param(b"machine,affected,host,Host\na,yes,1,2\n", "the column host 2 times", id="column-twice"),
        pytest.param(b"machine,affected,agent,guest:agent\na,yes,1,2\n", "the column agent 2 times", id="owned-twice"),
        pytest.param(b"machine,affected,\na,yes,A\n", "a column without a name", id="nameless-column"),
        pytest.param(b"machine,affected,storage: lun\na,yes,1\n", "must begin with one of guest, network", id="side"),
        pytest.param(b"machine,affected,guest:\na,yes,1\n", "and name something", id="side-of-nothing"),
        pytest.param(b"[{", "The table is not JSON", id="json"),
        pytest.param(b"[" * 100_000, "The table is not JSON", id="deep"),
        pytest.param(b'{"machine": "a"}', "must be a list of objects", id="object"),
        pytest.param(b"[7]", "Machine 1 of the table is not an object", id="number"),
        pytest.param(b"[]", "needs a column machine", id="empty-list"),
        pytest.param(b'[{"machine": "a", "affected": 1, "os": {}}]', r"has \{\} for an attribute", id="nested"),
        pytest.param(b'[{"machine": "a", "affected": 1, "os": [["x"]]}]', "text or a list of text", id="nested-list"),
        pytest.param(b'[{"machine": "a", "affected": 1, "os": 1.5}]', "has 1.5 for an attribute", id="fraction"),
        pytest.param(b'[{"machine": "a", "affected": 1, "OS": "", "os": ""}]', "the column os 2 times", id="key-twice"),
        pytest.param(b'[{"machine": null, "affected": 1}]', "Machine 1 of the table has no name", id="null-name"),
    ],
)
def test_what_is_not_such_a_table_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    """The sentence says what to mend, and where."""
    with pytest.raises(BundleError, match=says) as refused:
        form.read(data)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"machine,affected\n" + b"".join(b"m%d,\n" % n for n in range(20_001)), id="machines"),
        pytest.param(b"machine,affected," + b",".join(b"c%d" % n for n in range(101)) + b"\n", id="attributes"),
        pytest.param(
            json.dumps([{"machine": f"m{n}", "affected": 0, f"c{n}": 1} for n in range(101)]).encode(), id="sparse"
        ),
    ],
)
def test_too_large_a_table_is_refused(data: bytes) -> None:
    """Comparing is meant for an incident, not for a whole inventory of years."""
    with pytest.raises(BundleError, match="At most 20000 machines with 100 attributes"):
        form.read(data)


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    """The limit is said, with what was found."""
    with pytest.raises(BundleError, match=r"has 16777217 bytes; at most 16777216"):
        form.read(b" " * (form.LARGEST_BYTES + 1))


def test_a_table_as_large_as_is_promised_is_read() -> None:
    """The limits themselves are still fine."""
    data = b"machine,affected\n" + b"".join(b"m%d,\n" % n for n in range(form.MOST_MACHINES))
    assert len(form.read(data).machines) == form.MOST_MACHINES
    head = b"machine,affected," + b",".join(b"c%d" % n for n in range(form.MOST_ATTRIBUTES)) + b"\n"
    assert len(form.read(head).attributes) == form.MOST_ATTRIBUTES

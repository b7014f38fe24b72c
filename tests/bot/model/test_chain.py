"""What a chain of deeds proves: every change to it is met, and the first line that does not fit is named."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.audit import Deed, Entry
from bot.model.chain import Head, link, prove, read
from bot.model.request import Person, Place

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Lines = list[bytes]


def entry(number: int, **changes: object) -> Entry:
    person, place = Person("T1", "U1"), Place("C1", "1.2")
    return Entry(**{"at": NOON, "deed": Deed.REQUESTED, "person": person, "place": place, "said": f"deed {number}",
                    **changes})  # type: ignore[arg-type]  # fmt: skip


def chained(count: int) -> Lines:
    lines, head = list[bytes](), Head()
    for number in range(1, count + 1):
        line, head = link(head, entry(number))
        lines.append(line + b"\n")
    return lines


def misfit(lines: Lines) -> str | None:
    return prove((f"line {number}", line) for number, line in enumerate(lines, 1)).misfit


def edited(line: bytes, **changes: object) -> bytes:
    return json.dumps({**json.loads(line), **changes}, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def said(line: bytes, words: str) -> bytes:
    return edited(line, entry={**json.loads(line)["entry"], "said": words})


def test_what_was_written_is_read_back_and_proven() -> None:
    """Every field of a deed, and the head that its next line hangs on."""
    full = entry(
        1, incident="inc-1", read_as="capture", rule="r", agent="a", size_bytes=1, dropped=0, digest="sha256:0"
    )
    line, head = link(Head(), full)
    found = read(line)
    assert (found.entry, found.head, found.number) == (full, head, 1)
    proof = prove([("a", line + b"\n")])
    assert (proof.first, proof.head, proof.notes, proof.misfit) == (1, head, (), None)


@given(st.text(), st.text())
def test_no_words_break_a_line(words: str, rule: str) -> None:
    """People type line breaks, quotes and half characters."""
    line, _ = link(Head(), entry(1, said=words, rule=rule))
    assert b"\n" not in line
    assert (read(line).entry.said, read(line).entry.rule) == (words, rule)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda it: [*it[:2], said(it[2], "x"), *it[3:]], "line 3 was edited", id="words"),
        pytest.param(lambda it: [*it[:2], edited(it[2], before="0" * 64), *it[3:]], "line 3 was edited", id="hash"),
        pytest.param(lambda it: [said(it[0], "x"), *it[1:]], "line 1 was edited", id="the first one"),
        pytest.param(lambda it: [edited(it[0], before="1" * 64), *it[1:]], "line 1 is the first deed, but chained",
                     id="the first one's hash"),
        pytest.param(lambda it: [*it[:4], said(it[4], "x"), it[5]], "line 5 and line 6 do not fit", id="last but one"),
        pytest.param(lambda it: [*it[:2], b"x\n", *it[3:]], "line 3 is no line of an audit, and line 4", id="garbage"),
        pytest.param(lambda it: [*it[:2], it[2].replace(b":", b": ", 1), *it[3:]], "line 3 is no line", id="spaces"),
        pytest.param(lambda it: [*it[:5], b"x\n"], "line 6 is no line of an audit, and the end", id="garbage at last"),
        pytest.param(lambda it: [*it[:2], *it[3:]], "line 3 is deed 4: deed 3 before it was removed", id="removed"),
        pytest.param(lambda it: [*it[:2], *it[4:]], "line 3 is deed 5: deeds 3 to 4 before it were removed", id="two"),
        pytest.param(lambda it: [*it[:2], it[3], it[2], *it[4:]], "deed 3 stands only at line 4: they were moved",
                     id="swapped"),
        pytest.param(lambda it: [*it[:4], it[1], *it[4:]], "line 5 is deed 2, which stands before it", id="repeated"),
        pytest.param(lambda it: [*it[:3], forged(it[2]), *it[3:]], "line 5 is deed 4, which stands before it",
                     id="inserted with its right hash"),
        pytest.param(lambda it: [*it[:3], b"note\n", *it[3:]], "line 4 is no line of an audit", id="inserted garbage"),
        pytest.param(lambda it: [*it[:3], edited(it[3], torn="0" * 64), *it[4:]], "line 4 tells of a part of a line",
                     id="a torn line that never was"),
    ],
)  # fmt: skip
def test_every_change_is_met_at_the_first_line_that_does_not_fit(change: Callable[[Lines], Lines], says: str) -> None:
    """An audit that can be changed unseen proves nothing, and an accusation of the wrong line is wrong."""
    assert misfit(chained(6)) is None
    found = misfit(change(chained(6)))
    assert found is not None
    assert found.startswith(says) or says in found


def forged(line: bytes) -> bytes:
    return link(read(line[:-1]).head, entry(99))[0] + b"\n"


@given(st.integers(0, 5), st.integers(0, 400), st.integers(1, 255))
def test_no_byte_can_be_changed_unseen(number: int, at: int, by: int) -> None:
    """But in the last line, which nothing is chained to yet: there the head must change."""
    lines = chained(6)
    line = bytearray(lines[number])
    line[at % (len(line) - 1)] ^= by
    lines[number] = bytes(line)
    proof = prove(
        (str(place), part) for joined in [b"".join(lines)] for place, part in enumerate(joined.splitlines(True))
    )
    assert proof.misfit is not None or proof.head.digest != read(chained(6)[-1][:-1]).digest


def test_a_cut_end_is_seen_by_the_head_alone() -> None:
    """Which is why the head has to be kept elsewhere."""
    whole = prove(("", line) for line in chained(6))
    cut = prove(("", line) for line in chained(6)[:4])
    assert cut.misfit is None
    assert (cut.head.number, whole.head.number) == (4, 6)


def test_what_a_crash_left_is_said_and_nothing_else_passes_for_it() -> None:
    """The line behind tells of exactly this part of a line."""
    lines = chained(3)
    head, part = read(lines[2][:-1]).head, b'{"before":"12'
    following, _ = link(head, entry(4), [part])
    assert misfit([*lines, part]) is None
    whole = [*lines, part + b"\n", following + b"\n"]
    proof = prove((f"line {number}", line) for number, line in enumerate(whole, 1))
    assert proof.misfit is None
    assert proof.notes == ("line 4 is a part of a line that a crash left; the chain goes on.",)
    assert misfit([*lines, b"other\n", following + b"\n"]) is not None
    assert misfit([*lines, following + b"\n"]) is not None


def test_a_line_that_lacked_only_its_line_break_is_what_a_crash_left_too() -> None:
    """Its writer never said that it was there, so its deed has no effect and its number is given again."""
    lines = chained(3)
    head = read(lines[2][:-1]).head
    lost, _ = link(head, entry(4))
    following, _ = link(head, entry(4, said="again"), [lost])
    assert misfit([*lines, lost + b"\n", following + b"\n"]) is None


def test_several_crashes_in_a_row_are_told_of_by_the_next_line() -> None:
    """The second writer died while it sealed what the first one left."""
    lines = chained(2)
    following, _ = link(read(lines[1][:-1]).head, entry(3), [b"one", b"two"])
    assert misfit([*lines, b"one\n", b"two\n", following + b"\n"]) is None
    assert misfit([*lines, b"two\n", b"one\n", following + b"\n"]) is not None

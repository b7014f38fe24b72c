"""The walk through deploy/README.md: its pure parts. The walk itself needs root and the Internet, and is a command."""

import io
import re
import ssl
import urllib.request
import zipfile
from pathlib import Path

import pytest

from deploy.walk.changes import CHANGES, NOT_WALKED, PASTED, Change, pasted, typed
from deploy.walk.page import Block, blocks, commands
from deploy.walk.promises import PROMISES, Promise
from deploy.walk.prose import WORDS
from deploy.walk.shell import Shell, Stuck
from deploy.walk.walking import walked
from tests.deploy.places import DEPLOY
from tests.fixtures.vcsim import StartHere

PAGE = (DEPLOY / "README.md").read_text(encoding="utf-8")
BLOCKS = list(blocks(PAGE))
IDS = [block.id for block in BLOCKS]


def flat(text: str) -> str:
    """The text on one line, so that a quotation may run over the end of another."""
    return " ".join(text.split())


def test_a_page_is_read_block_by_block_with_its_step_and_the_words_after_it() -> None:
    """A block with a language is no shell block, and a comment in one is no heading."""
    page = (
        "# Top\n## 1. In\n```\n# why\nls\n```\nseen\n```python\npass\n```\n```\npwd\n```\n## Last\n```\nid\n```\nend\n"
    )
    assert list(blocks(page)) == [
        Block("1. In", 1, "# why\nls\n", "\nseen\n"),
        Block("1. In", 2, "pwd\n", "\n"),
        Block("Last", 1, "id\n", "\nend\n"),
    ]
    assert [block.id for block in blocks(page)] == ["1.1", "1.2", "Last.1"]


def test_every_block_of_the_page_is_walked_or_left_out_for_a_reason() -> None:
    """What nobody follows goes wrong unseen."""
    assert len(IDS) == len(set(IDS))
    assert set(NOT_WALKED) <= set(IDS)
    ways = [block.id for block in walked(BLOCKS)]
    assert [one for one in ways if one in IDS] == [one for one in IDS if one not in NOT_WALKED]
    assert [one for one in ways if one not in IDS] == ["Rotation.1", "Rotation.2", "Rotation.3"]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.block} {change.page}")
def test_no_change_is_stale(change: Change) -> None:
    """A change that replaces nothing would leave its command as it is, and walk the wrong way."""
    block = next(one for one in BLOCKS if one.id == change.block)
    assert change.page in block.text
    assert change.typed in typed(block.id, block.text)


def test_a_change_that_does_not_apply_is_refused() -> None:
    """The walk ends before it has typed anything of the block."""
    with pytest.raises(ValueError, match="does not hold 'apt install'"):
        typed("1.1", "dnf install git\n")


def test_every_line_that_waits_for_a_person_is_answered() -> None:
    """Else the walk would wait for ever, or paste into a shell."""
    lines = [line for block in walked(BLOCKS) for line in commands(block.text)]
    waiting = [line for line in lines if re.match(r"cat > ", line)]
    assert len(waiting) == len(PASTED)
    assert {pasted(line) for line in waiting} == set(PASTED.values())
    assert not [line for line in lines if line not in waiting and pasted(line)]


def test_only_packages_come_from_outside() -> None:
    """Whatever else a machine reaches for has to be there in the lab."""
    assert {change.page for change in CHANGES if change.typed.startswith("outside ")} == {
        "apt install",
        "/opt/ruleout/bin/pip download",
    }


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: f"{promise.block} {promise.asks or promise.words}")
def test_every_promise_stands_on_the_page(promise: Promise) -> None:
    """In its words; what the page does not promise any more needs not be seen."""
    assert promise.words in flat(PAGE)
    assert promise.block in {block.id for block in walked(BLOCKS)}


def test_what_the_page_says_you_see_is_promised() -> None:
    """A sentence `You see ...` behind a block that is walked has its entry."""
    promised = {promise.block for promise in PROMISES}
    assert [block.id for block in walked(BLOCKS) if "You see" in block.after and block.id not in promised] == []


def test_the_words_of_a_rotation_stand_on_the_page() -> None:
    """Its commands are told in sentences; where those change, ``prose.py`` has to."""
    assert [words for words in WORDS if words not in flat(PAGE)] == []


@pytest.mark.parametrize(
    ("seen", "missing"),
    [
        pytest.param("ok  a\n2 ok, 0 wrong", None, id="held"),
        pytest.param("2 ok, 0 wrong", "not seen: ^ok  ", id="missing"),
        pytest.param("ok  a\nwrong   b\n2 ok, 0 wrong", "'wrong   b' was seen", id="never"),
    ],
)
def test_a_promise_says_what_was_not_seen(seen: str, missing: str | None) -> None:
    """So that whoever walks knows what to mend."""
    assert Promise("1.1", "", ("^ok  ", "0 wrong"), r"^wrong .*").missing(seen) == missing


def test_a_shell_is_typed_into_line_by_line_as_a_person_does(tmp_path: Path) -> None:
    """Unfinished lines, a command that fails, and what is pasted before Ctrl-D."""
    with Path("/dev/null").open("rb") as held:
        shell = Shell(["env", "-i", "-C", str(tmp_path), "PATH=/usr/bin:/bin", "TERM=dumb"], held.fileno())
        try:
            assert shell.type("for one in a b; do") == (None, "")
            assert shell.type("echo $one; done") == (0, "a\nb\n")
            assert shell.type("false") == (1, "")
            assert shell.type("cat > secret", "xoxb-1") == (0, "")
            assert (tmp_path / "secret").read_text() == "xoxb-1\n"
            with pytest.raises(Stuck, match="no prompt after"):
                shell.type("cat", within_s=0.1)
        finally:
            shell.close()


def test_the_simulator_hands_its_ca_out_as_a_vcenter_does(vcsim: StartHere) -> None:
    """Step 7 fetches it without trusting it yet, and reads `certs/lin/*.0` in the archive."""
    vcenter = vcsim({})
    trusting = ssl.create_default_context(cafile=vcenter.ca_file)
    with urllib.request.urlopen(f"https://127.0.0.1:{vcenter.port}/certs/download.zip", context=trusting) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    (name,) = [one for one in archive.namelist() if re.fullmatch(r"certs/lin/\w+\.0", one)]
    assert archive.read(name) == vcenter.ca_file.read_bytes()

"""Commands that a person runs inside a guest."""

import re
import subprocess
from dataclasses import replace

import pytest

from bot.incidents import guest_word
from bot.model.verdict import Verdict
from tests.bot.slack import stories

READING = {
    "ip", "cat", "sysctl", "grep", "ps", "journalctl",
    "ipconfig", "arp", "route", "Get-NetAdapter", "Get-NetIPAddress", "Get-NetLbfoTeam", "Get-Service", "Format-Table",
}  # fmt: skip


@pytest.mark.parametrize(("system", "script"), guest_word.SCRIPTS)
def test_every_command_only_reads(system: str, script: str) -> None:
    """The bot changes nothing, and neither does what it tells people to type."""
    for line in script.splitlines():
        quiet = re.sub(r"'[^']*'|2>/dev/null", "", line)
        programs = [part.split()[0] for part in quiet.split("|")]
        assert set(programs) <= READING, f"{system}: {line}"
        assert not re.search(r"[>;&`$]| -[wd]\b|\b(add|del|delete|set|flush)\b", quiet), f"{system}: {line}"


def test_the_linux_commands_are_words_that_a_shell_takes() -> None:
    """A quoting mistake would be found at three in the morning by somebody else."""
    subprocess.run(["sh", "-n"], input=guest_word.LINUX, text=True, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("verdict", "asked"),
    [
        pytest.param(stories.inconclusive(), True, id="a guest among the rivals"),
        pytest.param(replace(stories.inconclusive(), rivals=(), next_test=None), False, id="no rival"),
        pytest.param(replace(stories.inconclusive(), rivals=("network.switch",), next_test=None), False, id="network"),
        pytest.param(stories.guest_proven(), False, id="proven"),
    ],
)
def test_the_guest_is_asked_only_where_its_word_would_tell_something(verdict: Verdict, asked: bool) -> None:
    """Twenty lines to copy below every card would be read by nobody."""
    assert guest_word.asks_after(verdict) is asked


def test_the_vms_to_ask_are_named() -> None:
    """With a conflict there are two guests, and both know something."""
    title = guest_word.title(None, stories.two_owners())
    assert title is not None
    assert "inside VM app05 or VM clone" in title
    assert guest_word.title(None, stories.no_owner()) is None
    assert list(guest_word.lines(None, stories.no_owner())) == []


def test_a_terminal_gets_the_commands_line_by_line() -> None:
    """Whoever has no thread copies them from here."""
    lines = list(guest_word.lines(stories.inconclusive(), None))
    assert [line.strip() for line in lines[3:12]] == guest_word.LINUX.splitlines()
    assert list(guest_word.lines(stories.guest_proven(), None)) == []

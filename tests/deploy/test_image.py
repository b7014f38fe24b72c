"""The image's recipe, read as the builder reads it; where root may, its one privileged file is tried for real."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.deploy.places import DEPLOY, ROOT
from tests.fixtures.tools import missing, program

RECIPE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
_ROWS = "\n".join(row for row in RECIPE.splitlines() if not row.startswith("#"))
STEPS = [line.split(maxsplit=1) for line in _ROWS.replace("\\\n", " ").splitlines() if line.strip()]
STARTS = [number for number, (word, _) in enumerate(STEPS) if word == "FROM"]
BUILD, LAST = STEPS[: STARTS[-1]], STEPS[STARTS[-1] :]


def copied(steps: list[list[str]]) -> list[list[str]]:
    """The words of every COPY."""
    return [shlex.split(rest) for word, rest in steps if word == "COPY"]


def test_every_file_that_is_copied_exists_and_reaches_the_builder() -> None:
    """What .dockerignore keeps back is missing in the middle of a build."""
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    let_in = {pattern.removeprefix("!") for pattern in ignored if pattern.startswith("!")}
    sources = [source for words in copied(BUILD) for source in words[:-1]]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert ignored[0] == "*"
    assert set(sources) == let_in


def test_the_last_stage_has_the_product_and_no_means_to_make_or_fetch_more() -> None:
    """A compiler, pip or the sources would be of use to an intruder alone."""
    assert copied(LAST) == [["--from=build", "/opt/ruleout", "/opt/ruleout"]]
    installed = set(" ".join(rest for word, rest in LAST if word == "RUN").split())
    assert not [
        word for word in installed if fnmatch(word, "*gcc*") or "pip" in word or "venv" in word or "-dev" in word
    ]
    assert "--without-pip" in " ".join(rest for _, rest in BUILD)


def test_it_runs_as_a_user_of_a_number_that_is_not_root() -> None:
    """Kubernetes refuses a name, for it cannot know whose it is."""
    (user,) = (rest for word, rest in LAST if word == "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_nothing_is_installed_whose_digest_is_not_locked() -> None:
    """Downloads are checked against the lock; what follows asks no registry."""
    calls = [call for word, rest in BUILD if word == "RUN" for call in re.split(r"&&|;", rest) if "/pip" in call]
    assert calls
    for call in calls:
        assert ("--require-hashes" in call) != ("--no-index" in call), call


def test_the_lock_for_ucs_holds_what_the_other_lock_holds() -> None:
    """Two locks that differ would install another library than the tests know."""
    everything = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
    own = (DEPLOY / "requirements-ucs.lock").read_text(encoding="utf-8").splitlines()[1:]
    assert own
    assert [line for line in own if line not in everything] == []


@pytest.fixture
def copies() -> Iterator[tuple[Path, Path]]:
    """Two copies of the system's interpreter where any user may read them: an ordinary one, and one with the right."""
    if os.getuid() != 0:
        missing("only root can give a file a capability and become another user")
    python, setcap = Path("/usr/bin/python3"), program("setcap", "libcap2-bin")
    if not python.exists():
        missing("there is no interpreter of the system, whose libraries every user may read")
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        plain, able = Path(place, "python"), Path(place, "python-net-raw")
        for copy in (plain, able):
            shutil.copyfile(python.resolve(), copy)
            copy.chmod(0o755)
        given = subprocess.run([setcap, "cap_net_raw+ep", able], capture_output=True, text=True, check=False)
        if given.returncode:
            missing(f"this file system holds no capabilities: {given.stderr.strip()}")
        yield plain, able


def opens(interpreter: Path, bounds: str, *more: str) -> bool:
    """Whether user 10001 opens a packet socket by it, with these capabilities as the most that it can get."""
    setpriv, none = program("setpriv", "util-linux"), ("--inh-caps", "-all")
    user = ("--reuid", "10001", "--regid", "10001", "--clear-groups", "--bounding-set", bounds)
    asked = "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)"
    # The first exec leaves a user without any right, as a container's start does; the second one is asked about.
    command = (setpriv, *user, *none, "--", setpriv, *more, *none, "--", str(interpreter), "-I", "-c", asked)
    ended = subprocess.run(("unshare", "-n", *command), capture_output=True, text=True, check=False)
    assert ended.returncode == 0 or "not permitted" in ended.stderr, ended.stderr
    return ended.returncode == 0


def test_a_copy_of_the_interpreter_with_the_right_opens_packet_sockets_where_it_may(copies: tuple[Path, Path]) -> None:
    """Why agents start by a copy of their own, and without no-new-privileges: the table in the recipe."""
    plain, able = copies
    assert not opens(plain, "-all,+net_raw")
    assert opens(able, "-all,+net_raw")
    assert not opens(able, "-all,+net_raw", "--no-new-privs")
    assert not opens(able, "-all")

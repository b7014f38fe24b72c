"""Known vulnerabilities of dependencies: found, and never called absent by a registry that knows none at all."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from deploy.audit import CONTROL, Release, asking, audit, locked
from tests.fixtures.registry import (
    Answer,
    dribbles,
    raw,
    redirects,
    registry,
    release,
    says,
    sends,
    silent,
    vulnerability,
)

ROOT = Path(__file__).parents[2]
CATTRS, REDIS = ("cattrs", "26.1.0"), ("redis", "8.1.0")
OURS = (CATTRS, REDIS)
BAD = vulnerability("PYSEC-2026-9", "CVE-2026-4711", "GHSA-aaaa-bbbb-cccc", fixed_in=("8.0.9", "8.1.1"))
WELL: dict[Release, Answer] = {one: says(release(*one)) for one in OURS}
KNOWS: dict[Release, Answer] = {
    CONTROL: says(release(*CONTROL, vulnerability("PYSEC-2020-96", "CVE-2020-1747", fixed_in=("5.3.1",))))
}


def told(
    answers: Mapping[Release, Answer], releases: tuple[Release, ...] = OURS, slow: Release | None = None, **how: Any
) -> tuple[int, str]:
    """The status and the lines, from a registry that answers so; only the ``slow`` release is not waited for."""
    with registry(answers) as there:
        patient, hasty = asking(there), asking(there, timeout_s=0.3)
        status, lines = audit(releases, lambda one: (hasty if one == slow else patient)(one), **how)
    return status, "\n".join(lines)


def test_a_clean_answer_about_every_release_is_sound() -> None:
    """And how many there were stands in it: an empty lock file would be as clean."""
    assert told({**KNOWS, **WELL}, strict=True) == (0, "2 of 2 locked releases were audited.")


def test_a_vulnerability_fails_and_is_named_with_what_mends_it() -> None:
    """Package, version, its names and the releases that have it no more: whoever reads it knows what to write."""
    status, lines = told({**KNOWS, **WELL, REDIS: says(release(*REDIS, BAD))})
    assert (status, lines.splitlines()[0]) == (
        1,
        "redis 8.1.0 has PYSEC-2026-9 (CVE-2026-4711, GHSA-aaaa-bbbb-cccc); mended in 8.0.9, 8.1.1.",
    )
    status, lines = told({**KNOWS, **WELL, REDIS: says(release(*REDIS, vulnerability("PYSEC-2026-9")))})
    assert (status, "redis 8.1.0 has PYSEC-2026-9; mended in no release yet." in lines) == (1, True)


def test_one_that_was_withdrawn_is_none() -> None:
    """Its source took it back."""
    withdrawn = vulnerability("PYSEC-2026-9", fixed_in=("8.1.1",), withdrawn="2026-06-28T16:39:06Z")
    assert told({**KNOWS, **WELL, REDIS: says(release(*REDIS, withdrawn))}, strict=True)[0] == 0
    assert told({**KNOWS, **WELL, REDIS: says(release(*REDIS, withdrawn, BAD))})[0] == 1


def test_one_of_which_little_is_told_counts() -> None:
    """A mirror may be older than the keys: what it knows must not be lost for what it leaves out."""
    status, lines = told({**KNOWS, **WELL, REDIS: says(release(*REDIS, {"id": "PYSEC-2026-9"}))})
    assert (status, lines.splitlines()[0]) == (1, "redis 8.1.0 has PYSEC-2026-9; mended in no release yet.")


@pytest.mark.parametrize("name", ["PYSEC-2026-9", "GHSA-aaaa-bbbb-cccc"])
def test_one_that_does_not_concern_us_is_accepted_by_any_of_its_names(name: str) -> None:
    """The same one has an id in every database."""
    answers = {**KNOWS, **WELL, REDIS: says(release(*REDIS, BAD))}
    assert told(answers, accepted={name: "Nobody here does that."})[0] == 0
    assert told(answers, accepted={"CVE-2026-1": "Another one."})[0] == 1


def test_a_yanked_release_is_said_with_its_reason_and_fails_where_that_is_asked_for() -> None:
    """It is no vulnerability, but its makers want nobody to have it; pip installs what is locked all the same."""
    answers = {**KNOWS, **WELL, REDIS: says(release(*REDIS, yanked="Loses\nkeys."))}
    line = "redis 8.1.0 was taken back by its makers: Loses keys."
    assert [(told(answers)), told(answers, strict=True)] == [
        (0, f"{line}\n2 of 2 locked releases were audited."),
        (2, f"{line}\n2 of 2 locked releases were audited."),
    ]
    assert "no reason is given" in told({**KNOWS, **WELL, REDIS: says(release(*REDIS, yanked=""))})[1]


def test_half_of_the_releases_without_an_answer_are_named_and_are_no_success() -> None:
    """What is sound and what nobody knows must not look alike."""
    releases = tuple((f"package-{number}", "1.0") for number in range(40))
    answers = {one: says(release(*one)) for one in releases[::2]}
    status, lines = told({**KNOWS, **answers}, releases)
    assert status == 2
    assert "20 of 40 locked releases were audited." in lines
    assert all(f"{name} {version}" in lines for name, version in releases[1::2])
    assert not any(f"{name} {version}," in lines for name, version in releases[::2])


def test_a_vulnerability_counts_for_more_than_a_release_without_an_answer() -> None:
    """Status 2 may be let pass."""
    assert told({**KNOWS, REDIS: says(release(*REDIS, BAD))})[0] == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(sends(b"", 503), id="server error"),
        pytest.param(sends(b"Too many", 429), id="too many questions"),
        pytest.param(sends(b"<html>Sign in</html>"), id="a page"),
        pytest.param(sends(b""), id="nothing"),
        pytest.param(sends(b"\xff\xfe{}"), id="no text"),
        pytest.param(sends(b"[" * 200_000), id="deeper than anything"),
        pytest.param(sends(b'{"info": {}', announced=4000), id="cut off in the middle"),
        pytest.param(says([]), id="no object"),
        pytest.param(says({"vulnerabilities": []}), id="not said of which release"),
        pytest.param(says({"info": release(*REDIS)["info"]}), id="without the key"),
        pytest.param(says({**release(*REDIS), "vulnerabilities": None}), id="null"),
        pytest.param(says({**release(*REDIS), "vulnerabilities": {}}), id="an object for a list"),
        pytest.param(says(release(*REDIS, "PYSEC-2026-9")), id="a text for an entry"),
        pytest.param(says(release(*REDIS, {**BAD, "id": None})), id="without an id"),
        pytest.param(says(release(*REDIS, {**BAD, "fixed_in": "8.1.1"})), id="a text for a list"),
        pytest.param(says(release("redis", "8.1.1")), id="about another version"),
        pytest.param(says(release("rediss", "8.1.0")), id="about another project"),
        pytest.param(raw(b"SSH-2.0-OpenSSH_9.2\r\n"), id="no HTTP"),
        pytest.param(raw(b""), id="hung up"),
        pytest.param(redirects("/pypi/redis/8.1.0/json"), id="in a circle"),
    ],
)
def test_what_is_no_answer_about_a_release_is_no_word_that_it_is_sound(answer: Answer) -> None:
    """Each ends in the same sentence, never in a trace and never in silence; of the control it is said why."""
    status, lines = told({**KNOWS, **WELL, REDIS: answer})
    assert (status, lines) == (
        2,
        "The registry answers, but not about redis 8.1.0.\n1 of 2 locked releases were audited.",
    )
    status, lines = told({**WELL, CONTROL: answer})
    assert status == 0
    assert lines.startswith("NOTHING WAS AUDITED, none of 2 locked releases: the registry cannot be asked (")


@pytest.mark.parametrize("how", [silent, dribbles])
def test_a_registry_that_takes_too_long_is_not_waited_for(how: Any) -> None:
    """Nor one that sends a byte now and then: the time is for the whole of an answer."""
    released = Event()
    try:
        status, lines = told({**KNOWS, **WELL, REDIS: how(released)}, slow=REDIS)
        assert (status, "not about redis 8.1.0" in lines) == (2, True)
        status, lines = told({**WELL, CONTROL: how(released)}, slow=CONTROL)
        assert (status, "cannot be asked" in lines) == (0, True)
    finally:
        released.set()


def test_a_name_that_is_written_otherwise_is_the_same_project() -> None:
    """Lock files have PEP 503's form, and the registry its own; it redirects where it wants that one."""
    asked, held = ("ruamel-yaml", "1.0"), ("Ruamel.YAML", "1.0")
    assert told({**KNOWS, held: says(release(*held)), asked: redirects("/pypi/Ruamel.YAML/1.0/json")}, (asked,))[0] == 0


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        pytest.param({**WELL, CONTROL: says(release(*CONTROL))}, "knows no vulnerability of pyyaml 5.1, which has some",
                     id="a mirror without that data"),
        pytest.param(WELL, "does not tell of releases one by one, nor of pyyaml 5.1", id="a mirror without that page"),
    ],
)  # fmt: skip
def test_a_registry_that_knows_none_at_all_proves_nothing(answers: dict[Release, Answer], why: str) -> None:
    """It would call everything sound. Who builds without the data builds all the same, unless they want to know."""
    line = f"NOTHING WAS AUDITED, none of 2 locked releases: the registry {why}."
    assert [told(answers), told(answers, strict=True)] == [(0, line), (2, line)]


def test_a_registry_that_is_away_is_said() -> None:
    """As one that knows nothing."""
    with registry({}) as there:
        pass
    for strict, expected in ((False, 0), (True, 2)):
        status, (line,) = audit(OURS, asking(there), strict=strict)
        assert (status, line.startswith("NOTHING WAS AUDITED"), "Connection refused" in line) == (expected, True, True)


@pytest.mark.parametrize(("strict", "status"), [((), 0), (("--strict",), 2)])
def test_the_command_says_on_standard_error_that_nothing_was_audited(
    tmp_path: Path, strict: tuple[str, ...], status: int
) -> None:
    """As CI calls it: the line stands in its output whatever the status is."""
    (tmp_path / "a.lock").write_text("redis==8.1.0 \\\n    --hash=sha256:00\n")
    with registry({}) as there:
        command = [sys.executable, "-m", "deploy.audit", str(tmp_path / "a.lock"), "--registry", there, *strict]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith("NOTHING WAS AUDITED, none of 1 locked releases: ")


def test_the_stand_in_answers_in_the_documented_shape() -> None:
    """The keys of the page's examples; what we read is among them."""
    whole = release(*REDIS, BAD)
    assert set(whole) == {"info", "last_serial", "urls", "vulnerabilities", "ownership"}
    assert set(whole["vulnerabilities"][0]) == {
        "aliases", "details", "summary", "fixed_in", "id", "link", "source", "withdrawn"
    }  # fmt: skip
    assert {"name", "version", "yanked", "yanked_reason"} <= set(whole["info"])
    assert len(whole["info"]) == 30
    assert {"yanked", "yanked_reason", "digests", "core-metadata"} <= set(whole["urls"][0])


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_release_of_our_lock_files_is_found_in_them(name: str) -> None:
    """What is overlooked is not audited."""
    text = (ROOT / name).read_text()
    found = locked([text])
    assert len(found) == sum(line.startswith("    --hash") is False and "==" in line for line in text.splitlines()
                             if not line.lstrip().startswith("#"))  # fmt: skip
    assert {"redis", "scapy", "slack-sdk", "pyvmomi"} <= {release for release, _ in found}

"""Known vulnerabilities of what the lock files name, as PyPI tells them: ``python -m deploy.audit FILE.lock ...``.

Silence needs a control here, too: a registry that knows of none in a release that is famous for some, as a mirror
without that data, proves nothing by saying so. Then it is said that nothing was audited, and that is a failure only
for who asks for it (``--strict``), as everybody should whose registry has the data.

Exit status 0: none known, or nobody to ask; 1: some are known; 2: the registry answers, but not about all releases;
with ``--strict`` also where nothing was audited or a release was taken back (yanked).

Not pip-audit (looked at: 2.10.1), which is well kept: it takes silence for soundness (an answer without
``vulnerabilities`` is "none", a release that the registry does not know is skipped, and no control is asked about); it
asks pypi.org by that name alone, so no mirror, where only OSV's address can be given; and it brings 19 packages that
nothing else here needs, each to be locked and audited, to a question that the standard library can ask.

Source: docs.pypi.org/api/json, "Get a release", ``GET /pypi/<project>/<version>/json``: ``info`` (name, version,
yanked), ``vulnerabilities`` (id, aliases, fixed_in, withdrawn).
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

REGISTRY = "https://pypi.org"
CONTROL = ("pyyaml", "5.1")
"""CVE-2020-1747 and CVE-2020-14343: code in a document runs."""
ACCEPTED: Mapping[str, str] = {}
"""Ids or aliases of vulnerabilities that do not concern us -> why: a sentence that says what of ours does not use."""
TIMEOUT_S = 10.0
_MOST_BYTES = 32 << 20
_ASKED_AT_ONCE = 8
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

Release = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """One vulnerability of a release, its other names, and the releases that mend it."""

    id: str
    aliases: tuple[str, ...]
    mended_in: tuple[str, ...]

    def says(self) -> str:
        """Its names, and what mends it."""
        others = f" ({', '.join(self.aliases)})" if self.aliases else ""
        return f"{self.id}{others}; mended in {', '.join(self.mended_in) or 'no release yet'}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a registry says of one release. ``yanked``: its makers took it back, for this reason; None: they did not."""

    known: tuple[Known, ...]
    yanked: str | None


Ask = Callable[[Release], "Told | None"]


def locked(texts: Iterable[str]) -> tuple[Release, ...]:
    """Every release that the lock files name, once."""
    return tuple(sorted({(name.lower(), version) for text in texts for name, version in _LOCKED.findall(text)}))


def asking(registry: str, timeout_s: float = TIMEOUT_S) -> Ask:
    """Asks this registry; None: it knows no such release. ``timeout_s`` is for the whole of an answer.

    Raises:
        OSError: the registry cannot be reached, or what comes is no answer about this release.
    """

    def ask(release: Release) -> Told | None:
        name, version = release
        ends_at = time.monotonic() + timeout_s
        try:
            with urlopen(f"{registry}/pypi/{name}/{version}/json", timeout=timeout_s) as answer:
                return _read(json.loads(_whole(answer, ends_at)), release)
        except HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise
        except (HTTPException, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise OSError(f"its answer about {name} {version} is none ({type(error).__name__})") from error

    return ask


def _whole(answer: HTTPResponse, ends_at: float) -> bytes:
    """The body: a registry that dribbles, or never ends, is none."""
    data = bytearray()
    while part := answer.read1(1 << 16):
        data += part
        if time.monotonic() > ends_at:
            raise TimeoutError("its answer does not come to an end")
        if len(data) > _MOST_BYTES:
            raise ValueError("too long")
    if answer.length:  # bytes that were announced; read1 does not mind that they are missing
        raise ValueError("cut off")
    return bytes(data)


def _read(told: Any, release: Release) -> Told:
    info, vulnerabilities = told["info"], told["vulnerabilities"]
    if (_canonical(info["name"]), info["version"]) != (_canonical(release[0]), release[1]):
        raise ValueError("about another release")
    if not isinstance(vulnerabilities, list):
        raise TypeError("no list")
    yanked = f"{info.get('yanked_reason') or 'no reason is given'}" if info.get("yanked") else None
    return Told(tuple(_known(one) for one in vulnerabilities if one.get("withdrawn") is None), yanked)


def _known(one: Any) -> Known:
    names, mended = (_texts(one.get(key) or []) for key in ("aliases", "fixed_in"))
    if not isinstance(one["id"], str):
        raise TypeError("no id")
    return Known(one["id"], names, mended)


def _texts(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise TypeError("no list of texts")
    return tuple(told)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503


def audit(
    releases: tuple[Release, ...], ask: Ask, *, strict: bool = False, accepted: Mapping[str, str] = ACCEPTED
) -> tuple[int, tuple[str, ...]]:
    """The exit status, and what is to be said, line by line."""
    if why := _deaf(ask):
        nothing = f"NOTHING WAS AUDITED, none of {len(releases)} locked releases: {why}."
        return (2 if strict else 0), (nothing,)
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        answers = dict(zip(releases, pool.map(lambda one: _asked(one, ask), releases), strict=True))
    heard = {release: told for release, told in answers.items() if told is not None}
    found = [
        f"{name} {version} has {known.says()}."
        for (name, version), told in heard.items()
        for known in told.known
        if accepted.keys().isdisjoint((known.id, *known.aliases))
    ]
    back = [
        f"{name} {version} was taken back by its makers: {' '.join(told.yanked.split()).rstrip('.')}."
        for (name, version), told in heard.items()
        if told.yanked is not None
    ]
    untold = [" ".join(release) for release in answers if release not in heard]
    missing = [f"The registry answers, but not about {', '.join(untold)}."] if untold else []
    status = 1 if found else 2 if untold or (back and strict) else 0
    return status, (*found, *back, *missing, f"{len(heard)} of {len(releases)} locked releases were audited.")


def _deaf(ask: Ask) -> str | None:
    """Why this registry's silence means nothing; None: it knows of vulnerabilities."""
    named = " ".join(CONTROL)
    try:
        control = ask(CONTROL)
    except OSError as error:
        return f"the registry cannot be asked ({error})"
    if control is None:
        return f"the registry does not tell of releases one by one, nor of {named}"
    return None if control.known else f"the registry knows no vulnerability of {named}, which has some"


def _asked(release: Release, ask: Ask) -> Told | None:
    try:
        return ask(release)
    except OSError:
        return None


def main() -> int:
    """Audit the lock files."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--registry", default=REGISTRY, help="its base address")
    parser.add_argument(
        "--strict", action="store_true", help="status 2 also where nothing was audited, or one is yanked"
    )
    given = parser.parse_args()
    releases = locked(file.read_text(encoding="utf-8") for file in given.files)
    status, lines = audit(releases, asking(given.registry.rstrip("/")), strict=given.strict)
    print("\n".join(lines), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

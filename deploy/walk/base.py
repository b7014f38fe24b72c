"""A fresh Debian 12: made once by debootstrap, kept as a tarball, unpacked for every walk."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
_TARBALL = f"{SUITE}.tar"


class Missing(RuntimeError):  # noqa: N818  read as a sentence
    """A program that the walk needs is not installed; the text says which Debian package has it."""


def program(name: str, package: str) -> str:
    """The path of an installed program.

    Raises:
        Missing: it is not installed.
    """
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise Missing(f"{name} is not installed (Debian package {package})")
    return path


def unpack(cache: Path, root: Path) -> bool:
    """Put a fresh Debian into ``root``; whether it was made now, because the cache had none.

    Raises:
        Missing: debootstrap is not installed.
        RuntimeError: it failed; its log, which the text names, says why.
    """
    cache.mkdir(parents=True, exist_ok=True)
    tarball, made = cache / _TARBALL, False
    if not tarball.exists():
        argv = [program("debootstrap", "debootstrap"), SUITE, str(root), MIRROR]
        log = cache / "debootstrap.log"
        with log.open("wb") as out:
            if subprocess.run(argv, check=False, stdout=out, stderr=out).returncode:
                raise RuntimeError(f"debootstrap could not make a Debian: read {log}")
        fresh, made = cache / f"{_TARBALL}.new", True
        subprocess.run(["tar", "-C", root, "-cf", fresh, "."], check=True)
        fresh.rename(tarball)
    else:
        root.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "-C", root, "-xf", tarball], check=True)
    return made


def settle(root: Path, name: str, hosts: Iterable[str], ca: Path | None) -> None:
    """Give the machine its name and the names that it knows; ``ca``: who signs what this network's proxy rewrites.

    On most machines there is no such proxy, and nothing of it is written.
    """
    (root / "etc/hostname").write_text(f"{name.partition('.')[0]}\n")
    lines = ["127.0.0.1 localhost", f"127.0.1.1 {name} {name.partition('.')[0]}", *hosts]
    (root / "etc/hosts").write_text("\n".join((*lines, "")))
    outside = root / "usr/local/bin/outside"
    outside.write_text('#!/bin/sh\nexec nsenter --net=/proc/self/fd/9 -- "$@"\n')
    outside.chmod(0o755)
    if ca is not None:
        shutil.copy(ca, root / "etc/outside.crt")
        (root / "etc/pip.conf").write_text("[global]\ncert = /etc/outside.crt\n")

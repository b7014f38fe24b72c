"""The wheel holds everything that the product needs: installed alone, every role speaks and evidence is judged."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot import __version__
from bot.roles import ROLES

ROOT = Path(__file__).parents[2]
CAPTURE = ROOT / "tests/captures/bond_crashed_agent_both_macs_seen_by_peer1.pcap"


def call(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The program's end, without anything of this environment that could lead it to the sources."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(cwd)}  # noqa: TID251  a process of its own, not the product's
    return subprocess.run(command, cwd=cwd, env=bare, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `pip wheel .` builds it, with the build backend that is here: no registry is asked."""
    there = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-index")
    made = call(*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", there, ROOT, cwd=there)
    assert made.returncode == 0, made.stderr
    (found,) = there.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def ruleout(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh venv that has the wheel, and beside it the dependencies that are installed here.

    A path file names their directory; path files in there, and so our own editable install, are not followed (site).
    """
    venv = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", venv / "bin/python", "install")
    done = call(*pip, "--quiet", "--no-index", "--no-deps", wheel, cwd=venv)
    assert done.returncode == 0, done.stderr
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv / "bin/ruleout"


def test_the_command_comes_from_the_wheel(ruleout: Path, tmp_path: Path) -> None:
    """Else every other claim here would be one about the sources."""
    python = ruleout.with_name("python")
    where = call(python, "-c", "import bot, handlers; print(bot.__file__, handlers.__file__)", cwd=tmp_path)
    assert [Path(path).is_relative_to(ruleout.parents[1]) for path in where.stdout.split()] == [True, True]
    assert call(ruleout, "--version", cwd=tmp_path).stdout == f"ruleout {__version__}\n"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_explains_itself(ruleout: Path, tmp_path: Path, role: str) -> None:
    """Each role imports what it needs before it says a word."""
    said = call(ruleout, role, "--help", cwd=tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith(f"usage: ruleout {role}")


def test_the_command_lists_every_role(ruleout: Path, tmp_path: Path) -> None:
    """The first thing that a newcomer types."""
    said = call(ruleout, "--help", cwd=tmp_path).stdout
    assert [role for role in ROLES if role not in said] == []


def test_a_capture_is_judged_told_and_drawn(ruleout: Path, tmp_path: Path) -> None:
    """The letters of the picture are a file of the wheel."""
    picture = tmp_path / "picture.png"
    asked = ("judge", CAPTURE, "--target", "10.1.0.10", "--story", "--picture", picture)
    judged = call(ruleout, *asked, cwd=tmp_path)
    assert judged.stderr == ""
    assert "frame" in judged.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_a_switch_printed_is_read(ruleout: Path, tmp_path: Path) -> None:
    """Our own templates for printed tables are files of the wheel."""
    printed = tmp_path / "arp.txt"
    printed.write_text(
        "$ ip neigh\n10.1.0.10 dev eth0 lladdr 02:00:0a:01:00:10 REACHABLE\n"
        "10.1.0.1 dev eth0 lladdr 02:00:0a:01:00:01 STALE\n"
    )
    asked = ("judge", CAPTURE, "--target", "10.1.0.10", "--tables", f"core-1={printed}")
    judged = call(ruleout, *asked, cwd=tmp_path)
    assert judged.stderr == ""
    assert "02:00:0a:01:00:10  eth0" in judged.stdout


def test_the_wheel_holds_the_product_and_nothing_else(wheel: Path) -> None:
    """Neither tests, lab nor stand-ins belong onto a customer's machine; every file of the two packages does."""
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    there = {
        str(path.relative_to(ROOT))
        for room in ("bot", "handlers")
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == there


def test_every_package_that_is_imported_is_declared(wheel: Path) -> None:
    """The venv above lends what is installed here; a customer's holds what the wheel asks for."""
    names = packages_distributions()
    with zipfile.ZipFile(wheel) as held:
        told = message_from_bytes(held.read(f"ruleout-{__version__}.dist-info/METADATA"))
    asked = {re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in told.get_all("Requires-Dist", [])}
    imported = {
        module.partition(".")[0]
        for room in ("bot", "handlers")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for module in _modules(node)
    }
    foreign = imported - set(sys.stdlib_module_names) - {"bot", "handlers"}
    assert {name for name in foreign if not set(map(_normal, names[name])) & set(map(_normal, asked))} == set()


def _normal(distribution: str) -> str:
    """Its name as registries compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _modules(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    return (node.module,) if isinstance(node, ast.ImportFrom) and node.module and not node.level else ()

"""The operator's pages: every name in them exists, and every sentence they quote is one that the code says."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bot.agents.vcenter import allowlist
from bot.roles import ROLES
from tests.deploy.places import DEPLOY, KNOWN, ROOT, named

PAGES = [ROOT / "README.md", *sorted(DEPLOY.glob("*.md"))]
TEXTS = [*PAGES, *sorted(DEPLOY.glob("*.toml")), DEPLOY / "Dockerfile", DEPLOY / "compose.yaml"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    """A misspelt name would be ignored in silence."""
    assert named(path.read_text(encoding="utf-8")) - KNOWN == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_link_leads_to_something(path: Path) -> None:
    """Files by their path from the page, headings by what Git servers make of them."""
    text = path.read_text(encoding="utf-8")
    headings = {re.sub(r"[^a-z0-9 -]", "", row.lstrip("# ").lower()).replace(" ", "-") for row in _headings(text)}
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if link.startswith("#"):
            assert link[1:] in headings, link
        elif not link.startswith("https://"):
            assert (path.parent / link.partition("#")[0]).exists(), link


def _headings(text: str) -> list[str]:
    return [row for row in re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines() if row.startswith("#")]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_role_that_is_named_exists(path: Path) -> None:
    """What cannot be typed must not be told."""
    told = re.findall(r"(?:`|^|\$\()ruleout ([a-z]+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(told) - set(ROLES) == set()


def test_every_sentence_of_the_runbook_is_one_that_the_code_says() -> None:
    """People look for the words that they see."""
    said = {
        node.value
        for room in ("bot", "handlers")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    text = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    quoted = [line.removeprefix("> ") for line in text.splitlines() if line.startswith("> ")]
    assert len(quoted) >= 20
    parts = [part.strip(" .:()") for line in quoted for part in line.split("…")]
    assert [part for part in parts if part and not any(part in one for one in said)] == []


def test_the_recipe_of_a_cause_is_valid_as_it_stands() -> None:
    """Its two files are read as Python, and name what is there."""
    text = (DEPLOY / "CAUSES.md").read_text(encoding="utf-8")
    entry, fault = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    held: dict[str, object] = {}
    exec(compile(entry, "entry", "exec"), held)
    exec(compile(fault, "fault", "exec"), held)
    assert getattr(held["CAUSE"], "id") == getattr(held["FAULT"], "cause")  # noqa: B009  what exec made has no type


def test_the_page_names_the_privileges_that_the_allowed_methods_need() -> None:
    """By pyVmomi's own table of types; a method that is added to the list may need more than the account has."""
    pyvmomi: Any = import_module("pyVmomi")  # its stubs know few of the kinds
    vim, vmodl = pyvmomi.vim, pyvmomi.vmodl
    kinds = [
        vim.ServiceInstance, vim.SessionManager, vim.SearchIndex, vim.EventManager, vim.PerformanceManager,
        vim.AuthorizationManager, vim.TaskManager, vim.HistoryCollector, vim.TaskHistoryCollector,
        vim.view.ViewManager, vim.view.View,
        vim.DistributedVirtualSwitch, vim.host.NetworkSystem, vim.vm.guest.ProcessManager,
        vmodl.query.PropertyCollector, vmodl.query.PropertyCollector.Filter,
    ]  # fmt: skip
    needed = {
        info.wsdlName: info.privId
        for kind in kinds
        for info in kind._methodInfo.values()
        if info.wsdlName in allowlist.ALLOWED
    }
    assert set(needed) == allowlist.ALLOWED
    page = (DEPLOY / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([A-Za-z.]+)` \|", page, flags=re.MULTILINE))
    assert {privilege for privilege in needed.values() if privilege} <= told
    assert told == {"System.Anonymous", "System.View", "System.Read", "VirtualMachine.GuestOperations.Query"}
    role = re.search(r"^govc role\.create ruleout (.*)$", page, flags=re.MULTILINE)
    assert role
    assert set(role[1].split()) == {one for one in told if one.startswith("System.")}

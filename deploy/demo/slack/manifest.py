"""What an app's manifest grants: commands, events, shortcuts and scopes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a manifest that Slack enforces. ``metadata`` are the types of metadata that the app is told of.

    ``home``: the app has a Home tab. ``open`` stands for no manifest at all: everything is allowed.
    """

    name: str = "ruleout"
    commands: tuple[dict[str, Any], ...] = ()
    shortcuts: tuple[dict[str, Any], ...] = ()
    events: frozenset[str] = frozenset({"app_mention", "app_home_opened", "file_shared"})
    metadata: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    home: bool = True
    open: bool = False

    def command(self, name: str) -> dict[str, Any] | None:
        """The command of this name (with its slash), or None when the app has no such command."""
        found = next((command for command in self.commands if command["command"] == name), None)
        return found or ({"command": name} if self.open else None)

    def grants(self, scope: str | None) -> bool:
        """Whether the app may do what needs this bot scope."""
        return self.open or scope is None or scope in self.scopes


def load(path: Path | None) -> Manifest:
    """The manifest in a YAML or JSON file; without a file one that allows everything.

    Raises:
        ValueError: the file is not a manifest.
    """
    if path is None:
        return Manifest(open=True)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        body = json.loads(text)
    else:
        import yaml  # only a YAML manifest needs it

        body = yaml.safe_load(text)
    if not isinstance(body, dict):
        raise ValueError(f"{path} is not an app manifest")  # noqa: TRY004  the file is wrong, not a type
    features = body.get("features") or {}
    scopes = ((body.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ()
    subscribed = (body.get("settings") or {}).get("event_subscriptions") or {}
    bot_user = features.get("bot_user") or {}
    return Manifest(
        name=bot_user.get("display_name") or (body.get("display_information") or {}).get("name") or "ruleout",
        commands=tuple(features.get("slash_commands") or ()),
        shortcuts=tuple(features.get("shortcuts") or ()),
        events=frozenset(subscribed.get("bot_events") or ()),
        metadata=frozenset(one["event_type"] for one in subscribed.get("metadata_subscriptions") or ()),
        scopes=frozenset(scopes),
        home=bool((features.get("app_home") or {}).get("home_tab_enabled")),
    )

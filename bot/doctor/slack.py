"""Slack: the right tokens in the right places, with the rights of the manifest, and the bot in the channels."""

from collections.abc import Iterator, Sequence

from bot.doctor.line import Line, ok, unknown, wrong
from bot.errors import InstrumentError, RequestError
from bot.slack import checkup
from bot.slack.checkup import Granted, Joined

_REINSTALL = "Paste deploy/slack-manifest.yaml into the app's settings (App Manifest) and install it to the workspace."
_KINDS = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a person's token", "xoxe": "a refresh token"}
_BECAUSE = {
    "invalid_auth": "Copy the Bot User OAuth Token anew (README, step 4); a token of another workspace looks alike.",
    "token_revoked": "The app was removed from the workspace or its token revoked: install it, and copy the new token.",
    "token_expired": "Switch token rotation off in the app's settings, install it anew, and copy the new token.",
    "account_inactive": "The app was removed from the workspace: install it again, and copy the new token.",
    "missing_scope": "Generate an app-level token with the scope connections:write (README, step 4).",
    "not_allowed_token_type": "RULEOUT_SLACK_APP_TOKEN must be the app-level token, xapp-...",
}


def bot_token(token: str, api: str) -> Iterator[Line]:
    """Its form, whether Slack accepts it, and its scopes against the manifest's."""
    if form := _form("RULEOUT_SLACK_BOT_TOKEN", token, "xoxb-", "Bot User OAuth Token"):
        yield form
        return
    try:
        granted = checkup.identify(token, api)
    except RequestError as error:
        yield _refused("RULEOUT_SLACK_BOT_TOKEN", str(error))
        return
    except InstrumentError as error:
        yield _away(error)
        return
    yield ok(f"Slack accepts the bot token of {granted.name} in {granted.team}")
    yield from _scopes(granted)


def app_token(token: str, api: str) -> Iterator[Line]:
    """Its form, and whether Slack gives it a socket."""
    if form := _form("RULEOUT_SLACK_APP_TOKEN", token, "xapp-", "app-level token"):
        yield form
        return
    try:
        scopes = checkup.open_socket(token, api)
    except RequestError as error:
        yield _refused("RULEOUT_SLACK_APP_TOKEN", str(error))
        return
    except InstrumentError as error:
        yield _away(error)
        return
    yield ok("Slack opens a socket for the app-level token (connections:write)")
    if spare := sorted((scopes or frozenset()) - {*checkup.OF_THE_APP}):
        says = f"the app-level token may more than it needs: {', '.join(spare)}"
        yield wrong(says, "Revoke it and generate one with connections:write alone.")


def channels(token: str, api: str, named: Sequence[str], allowed: Sequence[str]) -> Iterator[Line]:
    """Where the bot is a member. It should be in those ``named``, by name or id, and ``allowed`` (RULEOUT_CHANNELS)."""
    try:
        found = checkup.joined(token, api)
    except RequestError as error:
        yield unknown(f"Slack does not say where the bot is a member: {error}", _REINSTALL)
        return
    except InstrumentError as error:
        yield unknown(f"where the bot is a member: {error}", "See above.")
        return
    if found:
        yield ok(f"the bot is a member of {_listed(found)}")
    else:
        yield wrong("the bot is in no channel, so it can post nowhere", "Type `/invite @ruleout` in a channel.")
    for name in dict.fromkeys((*named, *allowed)):
        if not any(name.removeprefix("#") in (one.id, one.name) for one in found):
            yield wrong(f"the bot is not in channel {name}", f"Type `/invite @ruleout` in {name}.")


def _scopes(granted: Granted) -> Iterator[Line]:
    if granted.scopes is None:
        yield unknown("Slack does not say which scopes the bot token has", _REINSTALL)
        return
    missing = [one for one in checkup.SCOPES if one not in granted.scopes]
    spare = sorted(granted.scopes - {*checkup.SCOPES, *checkup.OPTIONAL})
    if missing:
        yield wrong(f"the bot token lacks scopes of the manifest: {', '.join(missing)}", _REINSTALL)
    if spare:
        says = f"the bot token may more than the manifest asks for: {', '.join(spare)}"
        yield wrong(says, "Remove them under OAuth & Permissions, and install the app anew.")
    if not missing and not spare:
        declined = [one for one in checkup.OPTIONAL if one not in granted.scopes]
        without = f", without the optional {' and '.join(declined)}" if declined else ""
        yield ok(f"the bot token has the scopes of the manifest{without}")


def _form(name: str, token: str, begins: str, called: str) -> Line | None:
    if token.startswith(begins) and not any(one.isspace() for one in token):
        return None
    other = next((kind for start, kind in _KINDS.items() if token.startswith(start) and start != begins), None)
    says = f"{name} holds {other}" if other else f"{name} does not have the form {begins}..."
    return wrong(says, f"Put the {called}, {begins}..., there (README, step 4).")


def _refused(name: str, error: str) -> Line:
    default = "See docs.slack.dev for this word; most often the token belongs to another app or workspace."
    return wrong(f"Slack does not accept {name}: {error}", _BECAUSE.get(error, default))


def _away(error: InstrumentError) -> Line:
    return wrong(str(error), "Open 443 outwards from this machine, or set https_proxy for it.")


def _listed(found: Sequence[Joined]) -> str:
    names = [f"#{one.name}" for one in found[:5]]
    return ", ".join(names) + (f" and {len(found) - 5} more" if len(found) > 5 else "")

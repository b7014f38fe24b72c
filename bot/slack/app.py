"""The Bolt app: who may reach the listeners, each delivery once, and a sentence for whatever goes wrong."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.error import BoltError, BoltUnhandledRequestError
from slack_bolt.listener.listener_completion_handler import ListenerCompletionHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot import log
from bot.errors import InstrumentError, RequestError, RuleoutError
from bot.ports import Claim, Once
from bot.slack import tokens
from bot.slack.deliveries import Deliveries
from bot.slack.shape import misfit

_log = log.get(__name__)

OWN_POST = "message_metadata_posted"
"""The event that tells where a message of ours stands."""
STARTS = "capture_start"
"""The modal whose button sets something going, which a second press must not do again."""
_DELIVERY = "delivery"
"""Where a delivery's name stands in Bolt's context."""
_EVENT = "event:"


def build_app(
    client: WebClient,
    *,
    key: bytes,
    once: Once,
    register: Callable[[App], None],
    signing_secret: str = "",
    listener_threads: int = 32,
) -> App:
    """A Bolt app that works through a socket and over HTTP alike.

    ``once`` says whether this delivery was met before, by any process, and remembers it. ``key`` proves that a
    button is ours: its incident stands in ``context["incident"]``. ``register`` adds the listeners.
    ``signing_secret`` is needed over HTTP only; there a request without a valid signature is refused.

    Raises:
        InstrumentError: Slack cannot be reached or does not accept the bot token.
    """
    deliveries = Deliveries(once)
    try:
        app = _PatientApp(
            deliveries,
            name="ruleout",
            client=client,
            signing_secret=signing_secret,
            # Acknowledgements run here too: with Bolt's five threads a few slow listeners would starve them.
            listener_executor=ThreadPoolExecutor(listener_threads, thread_name_prefix="slack-listener"),
            raise_error_for_unhandled_request=True,
            ignoring_self_events_enabled=False,  # where our own messages stand is told by one; see below
        )
    except BoltError as error:
        raise InstrumentError(f"Slack does not accept the bot token: {log.redact(str(error))}") from error
    except OSError as error:
        raise InstrumentError(f"Slack cannot be reached at {client.base_url}: {error}") from error
    app.middleware(_as_documented)
    app.middleware(_no_other_events_of_ours)
    app.middleware(_genuine_buttons_only(key))
    app.middleware(_each_delivery_once(deliveries))
    app.error(_apologising(deliveries))
    app.listener_runner.listener_completion_handler = _Completion(deliveries)
    register(app)
    return app


class _PatientApp(App):
    """Answers for an event when it is dealt with; till then Slack may have to give it to another bot."""

    def __init__(self, deliveries: Deliveries, **given: Any) -> None:
        super().__init__(**given)
        self._deliveries = deliveries

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """As Bolt does, and not before its listener is done."""
        response = super().dispatch(req)
        name = req.context.get(_DELIVERY) or ""
        return response if not name.startswith(_EVENT) or self._deliveries.settled(name) else _not_yet()


class _Completion(ListenerCompletionHandler):
    """Bolt calls it after every listener, however that ended."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    def handle(self, request: BoltRequest, response: BoltResponse | None) -> None:
        """Whatever it was about is dealt with."""
        if (name := request.context.get(_DELIVERY)) is not None:
            self._deliveries.dealt_with(name)


def _as_documented(body: dict[str, Any], next: Callable[[], None]) -> None:
    if (field := misfit(body)) is not None:
        _log.warning("delivery_not_as_documented", field=field, type=str(body.get("type"))[:40])
        raise RequestError("Slack sent this in a form that I do not know, so I did nothing; please try again.")
    next()


def _each_delivery_once(deliveries: Deliveries) -> Callable[..., BoltResponse | None]:
    def each_delivery_once(body: dict[str, Any], context: BoltContext, next: Callable[[], None]) -> BoltResponse | None:
        name = _name(body)
        if name is None:
            next()
            return None
        context[_DELIVERY], met = name, Claim.OURS
        try:
            met = deliveries.take(name)
        except InstrumentError as error:  # a question asked twice is better than one never asked
            _log.warning("redelivery_unchecked", reason=str(error))
        if met is not Claim.OURS:
            _log.info("redelivery_dropped", delivery=name, met=str(met))
            return _done() if met is Claim.DONE else _not_yet()
        next()
        return None

    return each_delivery_once


def _name(body: dict[str, Any]) -> str | None:
    """What the delivery is called, whenever it comes; None: it has no name.

    The retry header cannot serve: through a socket the first delivery carries it too, with a zero.
    """
    if "event_id" in body:
        return f"{_EVENT}{body['event_id']}"
    if (body.get("view") or {}).get("callback_id") == STARTS:
        return f"view:{body['view']['id']}"  # each press of its button has a trigger of its own
    return f"trigger:{trigger}" if (trigger := body.get("trigger_id")) else None


def _no_other_events_of_ours(
    body: dict[str, Any], context: BoltContext, next: Callable[[], None]
) -> BoltResponse | None:
    """What we say ourselves is no question. Bolt would keep all our events from us."""
    kind = _kind(body)
    if kind not in (None, OWN_POST) and context.user_id is not None and context.user_id == context.bot_user_id:
        return _done()
    next()
    return None


def _kind(body: dict[str, Any]) -> Any:
    """The type of the event in it, if there is one."""
    return _part(body, "event").get("type")


def _genuine_buttons_only(key: bytes) -> Callable[..., BoltResponse | None]:
    def genuine_buttons_only(
        body: dict[str, Any],
        context: BoltContext,
        client: WebClient,
        next: Callable[[], None],
    ) -> BoltResponse | None:
        if body.get("type") == "block_actions":
            action = body["actions"][0]
            context["incident"] = tokens.read(key, action["action_id"], action.get("value") or "")
            if context["incident"] is None:
                _log.warning("button_not_ours", action=action["action_id"], user=body["user"]["id"])
                _tell(client, body, "That button is not valid any more; please ask anew with `/arpcheck`.")
                return _done()
        next()
        return None

    return genuine_buttons_only


def _apologising(deliveries: Deliveries) -> Callable[..., BoltResponse | None]:
    def apologise(
        error: Exception,
        body: dict[str, Any],
        context: BoltContext,
        client: WebClient,
        response: BoltResponse | None,
    ) -> BoltResponse | None:
        try:
            return _apologise(error, body, client, response)
        finally:
            if (name := context.get(_DELIVERY)) is not None:  # where no listener runs, nothing else tells
                deliveries.dealt_with(name)

    return apologise


def _apologise(
    error: Exception, body: dict[str, Any], client: WebClient, response: BoltResponse | None
) -> BoltResponse | None:
    """Acknowledge, and tell the person what happened: silence would look like Slack's fault."""
    if isinstance(error, BoltUnhandledRequestError):
        _log.warning("unhandled_request", type=body.get("type"), command=body.get("command"))
        what = body.get("command") or "That button"
        sentence = f"{what} is nothing that I can do; `/arpcheck help` says what is."
        silent = "event" in body
    elif isinstance(error, RuleoutError):
        sentence, silent = log.redact(str(error)), False
    else:
        reference = f"ref-{secrets.token_hex(4)}"
        _log.error("listener_broke", reference=reference, exc_info=error)
        sentence = f"That is a bug in ruleout, not your mistake. Its operator finds it in the log as `{reference}`."
        silent = False
    if "command" in body and response is not None:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
    if body.get("type") == "view_submission" and response is not None:
        return BoltResponse(status=200, body={"response_action": "update", "view": _said(sentence)})
    if not silent:
        _tell(client, body, sentence)
    return _done() if response is not None else None


def _said(sentence: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": sentence[:3000]}
    title, close = ({"type": "plain_text", "text": word} for word in ("ruleout", "Close"))
    return {"type": "modal", "title": title, "close": close, "blocks": [{"type": "section", "text": text}]}


def _done() -> BoltResponse:
    return BoltResponse(status=200, body="")  # Bolt writes into responses, so each gets its own


def _not_yet() -> BoltResponse:
    return BoltResponse(status=503, body="")  # through a socket that is no answer at all


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of the delivery; empty where it is none."""
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _tell(client: WebClient, body: dict[str, Any], sentence: str) -> None:
    event, where, who, message = (_part(body, name) for name in ("event", "channel", "user", "message"))
    channel, user = event.get("channel") or where.get("id"), event.get("user") or who.get("id")
    thread = event.get("thread_ts") or message.get("thread_ts")
    if not isinstance(channel, str) or not isinstance(user, str) or not isinstance(thread, str | None):
        return
    try:
        client.chat_postEphemeral(channel=channel, user=user, text=sentence, thread_ts=thread)
    except (SlackClientError, OSError) as error:
        _log.warning("not_told", channel=channel, reason=log.redact(str(error)))

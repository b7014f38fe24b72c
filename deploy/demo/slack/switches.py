"""The switches of the faults, by name: what ``POST /control/faults`` and a test can turn."""

from collections.abc import Awaitable, Callable
from typing import Any

from deploy.demo.slack.events import redeliver
from deploy.demo.slack.faults import Refusal
from deploy.demo.slack.records import OTHER_TEAM, Json
from deploy.demo.slack.slack import Refused, Slack


async def set_faults(slack: Slack, asked: Json) -> Json:
    """Arm faults; every key of FAULTS may be given, several at once."""
    done: Json = {}
    for name, value in asked.items():
        if name not in FAULTS:
            raise Refused("unknown_fault", known=sorted(FAULTS))
        done[name] = await FAULTS[name](slack, value)
    return {"ok": True, **done}


async def _drop_acks(slack: Slack, count: int) -> None:
    slack.faults.drop_acks = count


async def _doubled(slack: Slack, count: int) -> None:
    slack.faults.doubled = count


async def _late(slack: Slack, asked: Json) -> None:
    slack.faults.late, slack.faults.late_s = asked["count"], asked["seconds"]


async def _delay(slack: Slack, seconds: float) -> None:
    slack.faults.api_delay_s = seconds


async def _limits(slack: Slack, on: bool) -> None:
    slack.limits.on = on


async def _fail(slack: Slack, asked: Json) -> None:
    refusal = Refusal(asked["error"], asked.get("times", 1), asked.get("retry_after_s", 1), asked.get("done", False))
    slack.faults.calls[asked["method"]] = refusal


async def _kill(slack: Slack, value: object) -> int:
    return slack.sockets.kill(1 if value == "one" else None)


async def _disconnect(slack: Slack, reason: str) -> int:
    return await slack.sockets.disconnect(reason)


async def _redeliver(slack: Slack, event_id: str | None) -> str | None:
    return await redeliver(slack, event_id if isinstance(event_id, str) else None)


async def _archive(slack: Slack, channel: str) -> None:
    slack.channel(channel).archived = True


async def _share_outside(slack: Slack, channel: str) -> None:
    slack.channel(channel).shared = True


async def _external(slack: Slack, user: str) -> None:
    slack.user(user).team = OTHER_TEAM


async def _guest(slack: Slack, user: str) -> None:
    slack.user(user).guest = True


async def _deactivate(slack: Slack, user: str) -> None:
    slack.user(user).deleted = True


FAULTS: dict[str, Callable[[Slack, Any], Awaitable[Any]]] = {
    "drop_acks": _drop_acks,
    "doubled": _doubled,
    "late": _late,
    "api_delay_s": _delay,
    "limits": _limits,
    "fail": _fail,
    "kill_sockets": _kill,
    "disconnect": _disconnect,
    "redeliver": _redeliver,
    "archive": _archive,
    "share_outside": _share_outside,
    "external": _external,
    "guest": _guest,
    "deactivate": _deactivate,
}

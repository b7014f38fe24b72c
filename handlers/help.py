"""A command with ``help`` or nothing behind it, and a mention that says nothing we know."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.model.request import CAPTURE, IN_WORDS, INCIDENT, NOTE
from handlers.coordinator import Coordinator
from handlers.payloads import of_mention, words_to
from handlers.replies import reply, whisper

USAGE = """\
I look at one machine from several places at once and say GUEST, NETWORK or HYPERVISOR, with what proves it and \
what rules the others out. I change nothing.
`/arpcheck 10.0.0.5` checks an address
`/arpcheck app01` checks a VM by its name, `/arpcheck 00:50:56:12:34:56` by its MAC
`/arpcheck 10.0.0.5 deep` listens longer
`/arptable 10.0.0.5`, or a name or MAC, lays what every router, switch and peer holds for it side by side: which \
entries are stale, and what to clear, in which order
`/watch 10.0.0.5 for 10m` asks and pings it without a pause, joined with the moves and alarms of vCenter, and says at \
once what changes: move the machine meanwhile, and see whether the trouble goes with it; its card has *Stop*
`/reach app01 app02 app03` asks and pings many machines from every segment at once, and says what separates those \
that lose packets: cluster, host, VLAN, odd or even, and what cannot be told apart
`/vcenter 10.0.0.5`, or a name or MAC, only asks every vCenter who has it: owner, host, port group, conflicts
`/capture 10.0.0.5 for 60s` records packets where our agents stand, for whoever may: `arp`, `icmp` or `all`, \
`at VANTAGE`, `peer 10.0.0.7`, `host 10.0.0.8`, `port 443`, `vlan 20` say which; alone it opens a form; \
`/capture stop` ends one
`@ruleout judge this 10.0.0.5` beside a capture that you share judges it; its shortcut *Judge capture* does so too
`@ruleout table core-1 core` and below it what `show ip arp`, `show mac address-table` or `ip neigh` showed, in the \
thread of a card, adds that table to its question; so do *Add tables* on the card and the shortcut *Read as tables*
`/incident open "odd VMs lose packets" affected app01 app03` begins what the channel works on together: one summary \
that is kept current; `/incident help` says more, `/incident audit` shows who asked for what in this channel
`/note the core was rebooted at 12:03` writes down what you know; alone it opens a form with what can be reported as \
evidence, as does the shortcut *Add as evidence* on a message; `@ruleout note` in a thread; `/note withdraw ID` takes \
one back
`@ruleout arpcheck 10.0.0.5`, `@ruleout arptable 10.0.0.5`, `@ruleout vcenter app01`, `@ruleout capture 10.0.0.5` \
do the same inside a thread, where Slack has no slash commands"""

_HELP = ("", "help", "?", "-h", "--help")


def register(app: App, _coordinator: Coordinator) -> None:
    """Answer whoever asks what there is; only they see it."""

    def usage(ack: Ack) -> None:
        ack(response_type="ephemeral", **reply(USAGE))

    for command in IN_WORDS:
        app.command(f"/{command}", matchers=[_wants_usage])(usage)
    app.command(f"/{CAPTURE}", matchers=[_wants_usage_of_a_form])(usage)

    @app.event("app_mention", matchers=[_says_nothing_known])
    def mentioned(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        person, place = of_mention(event, context.get("actor_team_id"))
        whisper(client, place.channel, person.user, place.thread, USAGE)


def _wants_usage(command: dict[str, Any]) -> bool:
    return (command.get("text") or "").strip().lower() in _HELP


def _wants_usage_of_a_form(command: dict[str, Any]) -> bool:
    return bool((command.get("text") or "").strip()) and _wants_usage(command)


def _says_nothing_known(event: dict[str, Any], context: dict[str, Any]) -> bool:
    first, rest = words_to(context.get("bot_user_id"), event.get("text") or "")
    by_person = not event.get("bot_id")  # two bots that explain themselves to each other would never end
    return by_person and (first not in (*IN_WORDS, CAPTURE, INCIDENT, NOTE) or rest.lower() in _HELP)

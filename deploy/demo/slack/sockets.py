"""Socket Mode: tickets, connections, envelopes and their acknowledgements.

Source: slack_sdk 3.47 socket_mode (what its client reads and answers); docs.slack.dev, Socket Mode.
"""

import asyncio
import itertools
import secrets
import socket
import struct
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from deploy.demo.slack.records import APP, Json
from deploy.demo.slack.slack import Slack

MOST_SOCKETS = 10
_RESET = struct.pack("ii", 1, 0)
WARNED_S, TOLD_S = 10.0, 0.2  # a socket that was asked to go is closed after this time


@dataclass(slots=True)
class Connection:
    """One open socket. ``leaving`` once it was sent a disconnect frame: it gets no more payloads."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one envelope fared: acknowledged after ``ack_ms`` with ``payload``, or ``error`` says why not."""

    envelope_id: str
    ack_ms: float | None = None
    payload: Json = field(default_factory=dict)
    error: str | None = None


class Sockets:
    """The open sockets of the app, and the envelopes that wait for their ack."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.connections: list[Connection] = []
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._numbers = itertools.count(1)
        self._turn = 0

    def new_ticket(self) -> str:
        """The address of one socket, good for one connection."""
        ticket = secrets.token_urlsafe(18)
        self._tickets.add(ticket)
        return f"{self.slack.address.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket from hello to close."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self.slack.note("socket", name="ticket refused", ok=False)
            raise web.HTTPForbidden(text="the ticket is unknown or was used")
        self._tickets.discard(ticket)
        channel = web.WebSocketResponse(heartbeat=30)
        await channel.prepare(request)
        if len(self.connections) >= MOST_SOCKETS:
            await channel.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await channel.close()
            return channel
        connection = Connection(next(self._numbers), channel, request)
        self.connections.append(connection)
        try:
            await self._talk(connection)
        finally:
            self.connections.remove(connection)
            self.slack.note("socket", name="closed", socket=connection.number, ok=True)
        return channel

    async def _talk(self, connection: Connection) -> None:
        debug = {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": len(self.connections), "connection_info": {"app_id": APP}}
        await connection.socket.send_json({**hello, "debug_info": debug})
        self.slack.note("socket", name="hello", socket=connection.number, ok=True)
        async for frame in connection.socket:
            if frame.type is WSMsgType.TEXT and frame.data.startswith("{"):
                self._acknowledged(frame.json())

    def _acknowledged(self, ack: Json) -> None:
        waiting = self._waiting.get(ack.get("envelope_id", ""))
        if waiting is None or waiting.done():
            self.slack.note("ack", name="too late", envelope_id=ack.get("envelope_id"), ok=False)
        elif self.slack.faults.drop_acks > 0:
            self.slack.faults.drop_acks -= 1
            self.slack.note("ack", name="dropped", envelope_id=ack["envelope_id"], ok=False)
        else:
            payload = ack.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {"text": payload} if payload else {})

    async def deliver(self, kind: str, payload: Json, name: str, attempt: int = 0, reason: str = "") -> Delivery:
        """Send one envelope to one of the sockets and wait for its ack. ``attempt`` counts redeliveries of an event."""
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        delivery = await self._exchange(envelope)
        self.slack.note(
            "envelope",
            type=kind,
            name=name,
            attempt=attempt,
            envelope_id=delivery.envelope_id,
            ack_ms=delivery.ack_ms,
            error=delivery.error,
            ok=delivery.error is None,
            payload=payload,
            answer=delivery.payload,
        )
        if self.slack.faults.doubled > 0:
            self.slack.faults.doubled -= 1
            self.slack.spawn(self._once_more(envelope))
        return delivery

    async def _once_more(self, envelope: Json) -> None:
        """The same delivery to the next socket, as after an acknowledgement that went astray within Slack."""
        delivery = await self._exchange({**envelope, "envelope_id": str(uuid.uuid4())})
        self.slack.note("doubled", envelope_id=delivery.envelope_id, error=delivery.error, ok=delivery.error is None)

    async def _exchange(self, envelope: Json) -> Delivery:
        envelope_id = envelope["envelope_id"]
        started = time.perf_counter()
        waiting = self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await asyncio.sleep(self._lateness_s())
            # One that has said goodbye stays in the list for a moment longer, until its own task has ended.
            open_ones = [one for one in self.connections if not one.leaving and not one.socket.closed]
            if not open_ones:
                return Delivery(envelope_id, error="dispatch_failed")
            self._turn += 1
            await open_ones[self._turn % len(open_ones)].socket.send_json(envelope)
            left_s = self.slack.timing.ack_s - (time.perf_counter() - started)
            payload = await asyncio.wait_for(waiting, max(0.0, left_s))
        except TimeoutError:
            return Delivery(envelope_id, error="operation_timeout")
        except ConnectionError:
            return Delivery(envelope_id, error="dispatch_failed")
        finally:
            del self._waiting[envelope_id]
        return Delivery(envelope_id, round((time.perf_counter() - started) * 1000, 1), payload)

    def _lateness_s(self) -> float:
        if self.slack.faults.late <= 0:
            return 0.0
        self.slack.faults.late -= 1
        return self.slack.faults.late_s

    def kill(self, most: int | None = None) -> int:
        """Cut every socket without a word, or the ``most`` oldest, as a dead network does; how many were cut."""
        cut = 0
        for connection in self.connections[:most]:
            transport: Any = connection.request.transport
            if transport is not None:
                # Without lingering the other side gets a reset; an orderly end it would take for a pause.
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                transport.abort()
                cut += 1
        return cut

    async def disconnect(self, reason: str) -> int:
        """Ask every socket to go, as Slack does before it closes one; the number that were asked."""
        asked = [connection for connection in self.connections if not connection.leaving]
        for connection in asked:
            connection.leaving = True
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            leaves_after_s = WARNED_S if reason == "warning" else TOLD_S
            asyncio.get_running_loop().call_later(leaves_after_s, self._close, connection)
        return len(asked)

    def _close(self, connection: Connection) -> None:
        if not connection.socket.closed:
            self.slack.spawn(connection.socket.close())

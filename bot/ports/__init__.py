"""What the pure middle needs from the world. Every port has a real part and a stand-in, and both pass one contract."""

from bot.ports.keeping import Archive, Audit, Claim, Inquiries, Journal, Kept, Once
from bot.ports.machine import NO_METER, Clock, Meter
from bot.ports.people import Boards, Chat, Directory, Drops, Links
from bot.ports.queue import Ability, Intake, News, Queue, Work

__all__ = [
    "NO_METER",
    "Ability",
    "Archive",
    "Audit",
    "Boards",
    "Chat",
    "Claim",
    "Clock",
    "Directory",
    "Drops",
    "Inquiries",
    "Intake",
    "Journal",
    "Kept",
    "Links",
    "Meter",
    "News",
    "Once",
    "Queue",
    "Work",
]

"""ruleout: who is at fault, guest, network or hypervisor, and the packets that prove it."""

__version__ = "0.1.0"

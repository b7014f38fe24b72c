"""Ethernet frames: as nouns, as bytes, in capture files, and as plans to send. The only room that knows scapy."""

"""What a button carries: the incident's id and a proof that this bot put it there for this action."""

import hashlib
import hmac

_PROOF_CHARACTERS = 32


def sign(key: bytes, action: str, incident: str) -> str:
    """The value of a button: nobody without the key can make one, nor turn one action's into another's."""
    return f"{incident}.{_proof(key, action, incident)}"


def read(key: bytes, action: str, value: str) -> str | None:
    """The incident's id in a button's value, or None when this bot never made that value for this action."""
    incident, _, proof = value.rpartition(".")
    genuine = hmac.compare_digest(proof.encode(errors="replace"), _proof(key, action, incident).encode())
    return incident if genuine else None


def _proof(key: bytes, action: str, incident: str) -> str:
    said = f"ruleout-button\0{action}\0{incident}".encode(errors="backslashreplace")
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:_PROOF_CHARACTERS]

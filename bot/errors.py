"""Whose fault it is when something cannot be done.

Silence on the wire is an observation, never an exception. Anything raised that is not one of these is a bug.
"""


class RuleoutError(Exception):
    """Base of the errors that carry one sentence for the person who asked."""


class RequestError(RuleoutError):
    """The person's request cannot be carried out; the text is the reply and says what would be right."""


class InstrumentError(RuleoutError):
    """One of our instruments (agent, vCenter worker, queue server) failed to look; it accuses nobody."""


class OvertakenError(RuleoutError):
    """Another bot has gone on with this incident while this one was away; what was about to be done is its to do."""


class ForgottenError(RuleoutError):
    """The journal has forgotten the newest events of an incident, as a server that fails over may.

    ``begins`` is the place of the first event that has to be written again.
    """

    def __init__(self, incident: str, begins: int) -> None:
        super().__init__(f"The journal has forgotten what happened in `{incident}` from event {begins + 1} on.")
        self.begins = begins


class BundleError(RuleoutError):
    """A file handed to us (capture, snapshot, case) cannot be read as what it claims to be."""


class FormError(RequestError):
    """A filled form cannot be taken; ``errors`` has a sentence for each field that is wrong, by the field's name."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors

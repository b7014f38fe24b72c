"""A stand-in for Slack on the loopback address: the unchanged Bolt app talks to it, and people use it in a browser."""

from deploy.demo.slack.stand_in import StandIn

__all__ = ["StandIn"]

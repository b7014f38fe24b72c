"""What replaces the outside world where there is none: Slack and a vCenter, on this machine alone."""

"""What a role tells of itself over HTTP: its figures, that it lives, whether it is ready. Knows prometheus_client."""

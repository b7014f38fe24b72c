"""deploy/README.md walked through: its commands typed into a fresh Debian 12, and what it promises looked for."""

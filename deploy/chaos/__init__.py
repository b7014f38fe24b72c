"""Seeded faults under a house of real parts, and what must hold whatever fails: ``python -m deploy.chaos --seed 1``."""

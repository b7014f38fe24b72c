"""The processes that stand somewhere and look: they take jobs and bring back bytes."""

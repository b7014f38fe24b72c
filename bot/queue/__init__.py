"""Jobs and timelines in Redis or Valkey, and the in-memory twins that pass the same tests."""

"""How ruleout is tried, tested, measured and run."""

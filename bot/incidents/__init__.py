"""From a question to an answer: parsing, planning, policy, all transitions, judging and cases. No I/O."""

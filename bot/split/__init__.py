"""What the affected machines have in common and the others have not: many attributes fit, and few are to blame."""

"""What a channel works on together: its timeline, its three sides, its summary. Pure folds, as of one incident."""

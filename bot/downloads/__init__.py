"""How a capture leaves: a link for one person, a page that shows what it is, and one download."""

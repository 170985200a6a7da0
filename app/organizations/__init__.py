"""Organizations: what they are, who works for them, where their goods are, and whether they were verified."""

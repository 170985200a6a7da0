"""Posts: what members of a community say to each other, and what is done where it breaks the rules."""

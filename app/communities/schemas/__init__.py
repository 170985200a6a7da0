"""Communities on the wire."""

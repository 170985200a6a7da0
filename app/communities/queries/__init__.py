"""Reading communities."""

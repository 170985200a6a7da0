"""Writing organizations, by deed."""

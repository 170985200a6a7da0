"""Writing imports, by deed."""

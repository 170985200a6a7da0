"""Writing the catalog, by deed."""

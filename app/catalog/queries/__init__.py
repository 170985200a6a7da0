"""Reading the catalog, by what is asked."""

"""What is done in communities, by deed."""

"""Rows of communities."""

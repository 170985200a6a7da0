"""Reads of trust, by what is read."""

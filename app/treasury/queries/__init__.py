"""Reads of the treasury, by what is read."""

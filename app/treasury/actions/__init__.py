"""Deeds of the treasury, by what is done."""

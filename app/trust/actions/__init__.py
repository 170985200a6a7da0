"""Deeds of trust, by what is done."""

"""Rows of trust, by what they tell."""

"""Rows of the treasury, by what they tell."""

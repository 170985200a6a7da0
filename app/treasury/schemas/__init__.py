"""Shapes of the treasury on the wire, by what they tell."""

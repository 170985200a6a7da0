"""Shapes of posts on the wire, by what they tell."""

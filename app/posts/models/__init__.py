"""Rows of posts, by what they tell."""

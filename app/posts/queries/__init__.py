"""Reads of posts, by what is read."""

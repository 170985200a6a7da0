"""Deeds of posts, by what is done."""

"""Writes of orders, by deed."""

"""Rows of orders and what one of them can do, by deed."""

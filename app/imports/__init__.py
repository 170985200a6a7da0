"""Catalogs and stock from other people's files."""

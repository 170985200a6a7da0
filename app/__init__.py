"""Rantau: the backend through which small producers at home reach foreign markets through the diaspora."""

"""Parties and people: who takes part, how they sign in, and who is asking."""

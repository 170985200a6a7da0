"""The deeds of payments: each command locks its obligation first and the books last."""

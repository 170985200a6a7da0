"""Orders, retail and under an agreement: drafted, placed, answered, shipped, cancelled and completed."""

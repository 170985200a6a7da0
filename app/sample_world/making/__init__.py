"""Making the written world, by what is made."""

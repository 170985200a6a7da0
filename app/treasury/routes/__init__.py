"""The treasury over HTTP, by what is asked for."""

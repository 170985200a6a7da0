"""Trust over HTTP, by what is asked for."""

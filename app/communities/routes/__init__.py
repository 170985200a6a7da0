"""Communities over HTTP."""

"""How far the service is from what the machine can do: measured beside a bare reference, `make bench`."""

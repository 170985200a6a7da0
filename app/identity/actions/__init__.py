"""What identity does: codes, proofs, sessions, people, keys; one module a deed."""

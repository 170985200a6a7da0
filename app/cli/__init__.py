"""`rantau`: everything an operator does from a terminal; `--help` on any command shows examples."""

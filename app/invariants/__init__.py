"""What must always be true of the books, the stock and the log, checked on any database: `rantau check`."""

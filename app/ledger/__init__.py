"""Double entry: what every party owes and is owed, in accounts that are only ever added to."""

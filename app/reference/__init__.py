"""Facts about the world that everybody may read: countries, currencies, languages, time zones, HS codes."""

"""Facts about the world that everybody may read: countries, currencies, languages, zones, HS codes, universities."""

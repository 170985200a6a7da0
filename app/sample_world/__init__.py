"""A written world of small producers and of Indonesians abroad, made through the domains' own actions."""

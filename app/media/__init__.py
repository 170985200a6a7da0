"""Uploads: pictures and documents of people, made harmless, private unless published."""

"""Agreements under which somebody abroad sells a producer's goods on: asked for, accepted, bound by numbered terms."""

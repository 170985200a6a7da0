"""Who stands by whom: ties between people, by a meeting, an invitation, an order or a word, and how strong they are."""

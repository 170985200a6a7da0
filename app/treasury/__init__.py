"""A community's cash and bank book: who keeps the money, what came and went, who owes dues, and who took it over."""

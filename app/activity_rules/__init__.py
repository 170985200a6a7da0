"""Who may do what where: dated rows with their sources, and the operators' word where the rows leave it open."""

"""Communities: who belongs to them and by which rules, what they show to whom, and whom they stand in relation to."""

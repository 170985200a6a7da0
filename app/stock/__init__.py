"""What is where: goods on hand, promised to orders and held for a while, and every movement that made it so."""

"""The catalog: products and their variants in several languages, what they cost whom, and what certifies them."""

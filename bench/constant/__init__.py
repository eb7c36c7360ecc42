"""A Django view that returns a constant: what a look-up's requests per second are held against. For that only."""

"""Plans: their items, the legs they make, and what is to be said of them."""

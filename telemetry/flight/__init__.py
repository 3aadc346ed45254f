"""A plan flown whole under supervision."""

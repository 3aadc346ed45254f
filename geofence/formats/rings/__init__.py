"""Single rings: their vertices, what they enclose, what is wrong with them, and holes in them."""

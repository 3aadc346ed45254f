"""RTK corrections from a base station to all vehicles."""

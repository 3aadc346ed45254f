"""Where to fly: patrol patterns, transit through legal space, plans and their files."""

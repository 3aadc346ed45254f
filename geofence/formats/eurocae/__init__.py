"""Zones as European authorities publish them: EUROCAE ED-269 and ED-318."""

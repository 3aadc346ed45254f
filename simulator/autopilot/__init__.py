"""What decides: modes, navigation, missions, arming, fence and failsafes."""

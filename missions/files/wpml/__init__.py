"""DJI's wayline files: WPML, an extension of KML in a KMZ."""

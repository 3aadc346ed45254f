"""MAVFTP (https://mavlink.io/en/services/ftp.html): files of the vehicle, read, written and listed."""

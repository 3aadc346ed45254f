"""Addresses of the service, one noun a file."""

"""Zone files, read and written."""

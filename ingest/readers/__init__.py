"""One reader for each format: bytes → `Reading` (blocks in reading order, and what the file says of itself)."""

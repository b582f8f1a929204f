"""What papers say, as data."""

"""Reading what words say, by data: vocabularies in `zh/`, small pure functions beside them."""

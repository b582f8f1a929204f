"""Measuring answers: cases → answers by the one pipeline → scores that need no judge."""

"""Reads that span DocTypes."""

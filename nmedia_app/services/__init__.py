"""Writes that span DocTypes: keyword arguments, typed."""

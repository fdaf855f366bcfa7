"""New media management for a university's IT division: accounts, review before publishing, annual audit."""

__version__ = "0.1.0"

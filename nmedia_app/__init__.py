"""New media management for a university's IT division: accounts, review before publishing, annual audit."""

__version__ = "0.1.0"
#: the module to which its document types, print formats and pages belong
MODULE = "Nmedia App"

"""A real Frappe bench from package registries alone. See ARCHITECTURE.md, "The bench"."""

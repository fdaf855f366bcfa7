"""The regulation's rules as plain functions: no frappe import, each citing its article."""

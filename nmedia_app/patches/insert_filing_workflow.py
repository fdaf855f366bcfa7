"""The workflow of Account Filing comes to sites that were installed before it."""

import frappe

from nmedia_app.install import after_install


def execute() -> None:
	"""Insert the shipped defaults that the site does not have yet, on a site without that workflow."""
	if not frappe.db.exists("Workflow", "Account Filing"):
		after_install()

"""The workflows of the annual audit come to sites that were installed before them."""

import frappe

from nmedia_app.install import after_install


def execute() -> None:
	"""Insert the shipped defaults that the site does not have yet, on a site without these workflows."""
	if frappe.db.count("Workflow", {"name": ["in", ["Annual Audit", "Annual Audit Round"]]}) < 2:
		after_install()

"""What the desk knows about the app before it shows anything."""

import frappe

from nmedia_app.nmedia_app.print_formats.annexes import ANNEXES


def extend_bootinfo(bootinfo: frappe._dict):
	"""Tell the desk which document types print as an annex."""
	bootinfo.nmedia_annexes = list(ANNEXES)

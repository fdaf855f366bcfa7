"""The workflow of Account Filing comes to sites that were installed before it."""

from nmedia_app.install import after_install


def execute() -> None:
	"""Insert the shipped defaults that the site does not have yet."""
	after_install()

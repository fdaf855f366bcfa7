"""The workflows of the annual audit come to sites that were installed before them."""

from nmedia_app.install import after_install


def execute() -> None:
	"""Insert the shipped defaults that the site does not have yet."""
	after_install()

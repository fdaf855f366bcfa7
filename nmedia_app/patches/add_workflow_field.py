"""Workflows of sites from before get the tick for reviews whose steps are each taken by another person."""

from nmedia_app.install import add_workflow_field


def execute() -> None:
	"""Add the field unless it is there."""
	add_workflow_field()

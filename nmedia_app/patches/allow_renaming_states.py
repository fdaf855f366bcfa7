"""Administrators can give a workflow's states other names."""

from nmedia_app.workflow_definition import allow_renaming_states


def execute():
	allow_renaming_states()

class BadGround(Exception):
	"""Something this machine lacks or refuses; the message says what it is and how to get on."""


class PortTaken(Exception):
	"""Another program took a server's port in the moment it started."""


class StepFailed(Exception):
	"""A command of a step ended badly; `log` is the file that holds what it printed."""

	def __init__(self, message: str, log=None):
		super().__init__(message)
		self.log = log

from datetime import timedelta
from typing import Final

from frappe.model.document import Document
from frappe.utils import cint, now_datetime

#: minutes until the next attempt, after the first failed one, the second, and so on
PAUSES: Final = (1, 5, 30, 120)


class RobotMessage(Document):
	"""A message to the group's robot, and what became of it."""

	def note_attempt(self, error: str):
		"""Note that the message was posted, with an empty error, or what went wrong and when to try again."""
		self.attempts = cint(self.attempts) + 1
		self.last_error = error
		self.next_attempt = None
		if not error:
			self.status = "Sent"
		elif self.attempts > len(PAUSES):
			self.status = "Failed"
		else:
			self.next_attempt = now_datetime() + timedelta(minutes=PAUSES[self.attempts - 1])

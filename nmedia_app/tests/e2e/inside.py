"""What browser tests have done on the server's side (runs in the bench's Python)."""

import frappe


def enqueue_progress(user: str) -> None:
	"""Have a background job of `user` tell that user how far it is."""
	frappe.set_user(user)
	frappe.enqueue("nmedia_app.tests.e2e.inside.tell_progress")
	frappe.db.commit()


def tell_progress() -> None:
	"""The job: it tells the user it runs for, and nobody else."""
	frappe.publish_realtime("nmedia_test_progress", {"percent": 40}, user=frappe.session.user)

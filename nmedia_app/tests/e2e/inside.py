"""What browser tests have done on the server's side (runs in the bench's Python)."""

import frappe
from frappe.utils import add_days, cint, today

from nmedia_app import demo, roles
from nmedia_app.files import attach_file
from nmedia_app.language import speaking
from nmedia_app.regulation.audit import FILE, STATEMENT
from nmedia_app.regulation.review import CLOSED
from nmedia_app.services import audit_opening, closures, shipped_defaults
from nmedia_app.workflow import get_active_workflow, take_step_into

#: later than any round of the demo data
FIRST_TEST_YEAR = 2051


def enqueue_progress(user: str) -> None:
	"""Have a background job of `user` tell that user how far it is."""
	frappe.set_user(user)
	frappe.enqueue("nmedia_app.tests.e2e.inside.tell_progress")
	frappe.db.commit()


def tell_progress() -> None:
	"""The job: it tells the user it runs for, and nobody else."""
	frappe.publish_realtime("nmedia_test_progress", {"percent": 40}, user=frappe.session.user)


def prepare_round(count: int) -> dict:
	"""Open a round of a year of its own, with so many fresh accounts of an editor.

	Returns the `round`, and `audits`: name of each fresh account → its audit.
	"""
	frappe.set_user("Administrator")
	last = frappe.db.get_value("Annual Audit Round", {}, "year", order_by="year desc") or 0
	year = max(last + 1, FIRST_TEST_YEAR)
	accounts = [make_account(f"年审测试号{year}-{number}") for number in range(count)]
	frappe.set_user(demo.OFFICE)
	round_doc = frappe.get_doc(
		doctype="Annual Audit Round",
		year=year,
		opens_on=add_days(today(), -5),
		closes_on=add_days(today(), 20),
		period_from=add_days(today(), -300),
		period_to=add_days(today(), 20),
		notes="今年的年审表须由科室负责人签字。",
	).insert()
	take_step("Annual Audit Round", round_doc.name, demo.OFFICE, "Open")
	frappe.set_user("Administrator")
	audit_opening.open_audits(round_doc.name)
	audits = {
		account.account_name: frappe.db.get_value(
			"Annual Audit", {"round": round_doc.name, "account": account.name}
		)
		for account in accounts
	}
	frappe.db.commit()
	return {"round": round_doc.name, "audits": audits}


def make_account(account_name: str):
	return frappe.get_doc(
		doctype="Media Account",
		account_name=account_name,
		platform="微信",
		section=demo.SECTION,
		status="Active",
		administrator=demo.EDITOR,
		followers=1200,
		opened_on="2020-06-10",
	).insert()


def take_step(doctype: str, name: str, user: str, stage: str) -> None:
	frappe.set_user(user)
	take_step_into(doctype, name, stage)


def send_audits(names: list[str], steps: int = 1) -> None:
	"""Complete audits and send them: to the chief, then to the office, then to the head."""
	for name in names:
		fill_in(name)
		for user in (demo.EDITOR, demo.CHIEF, demo.OFFICE)[:steps]:
			take_step("Annual Audit", name, user, "In Review")
	frappe.db.commit()


def fill_in(name: str) -> None:
	frappe.set_user(demo.EDITOR)
	audit = frappe.get_doc("Annual Audit", name)
	for row in audit.materials:
		if row.kind == STATEMENT:
			row.text = "无"
		else:
			row.file = attach_file(audit, f"材料{row.idx}.txt", row.material_name.encode()).file_url
	audit.self_assessment = "一年来运行正常，内容均先审后发。"
	audit.save()


def prepare_changed_kinds() -> str:
	"""Fill in an audit whose round then asks for texts in place of files, and for files in place of texts."""
	made = prepare_round(1)
	(name,) = made["audits"].values()
	with speaking("zh"):  # the platform writes of files in the history
		fill_in(name)
	swap_kinds(made["round"])
	frappe.set_user(demo.EDITOR)
	frappe.get_doc("Annual Audit", name).save()
	swap_kinds(made["round"])  # back: the next round asks for the same
	frappe.db.commit()
	return name


def swap_kinds(round_name: str) -> None:
	frappe.set_user(demo.OFFICE)
	round_doc = frappe.get_doc("Annual Audit Round", round_name)
	for row in round_doc.requirements:
		row.kind = FILE if row.kind == STATEMENT else STATEMENT
	round_doc.save()


def prepare_closed_round() -> str:
	"""Show a round as closed that leaves every account in use; return its name."""
	name = prepare_round(1)["round"]
	workflow = get_active_workflow("Annual Audit Round")
	state = next(row for row in workflow.states if row.update_value == CLOSED)
	closed = {"workflow_state": state.state, "stage": CLOSED, "docstatus": cint(state.doc_status)}
	frappe.db.set_value("Annual Audit Round", name, closed)
	frappe.db.commit()
	return name


def change_audit(name: str) -> None:
	"""Let an audit at the head be saved after it was on somebody's screen."""
	frappe.set_user(demo.UNIT_HEAD)
	frappe.get_doc("Annual Audit", name).save()
	frappe.db.commit()


def make_closure_task() -> str:
	"""Let a fresh account fall due for closure; return the task's name."""
	audit = next(iter(prepare_round(1)["audits"].values()))
	frappe.set_user("Administrator")
	task = closures.make_task(audit=frappe.get_doc("Annual Audit", audit))
	frappe.db.commit()
	return task.name


def outdate_package(round_name: str) -> None:
	"""Change an account of a round after its package was made."""
	account = frappe.db.get_value("Annual Audit", {"round": round_name}, "account")
	frappe.db.set_value("Media Account", account, "followers", 4321)
	frappe.db.commit()


def prepare_late_audit() -> dict:
	"""Let a round's last day pass while one audit is at the office and another missing; return the names."""
	made = prepare_round(2)
	late, missing = made["audits"].values()
	with speaking("zh"):  # as people do: the form tells of the files that they attach
		send_audits([late], steps=2)
	frappe.set_user("Administrator")
	yesterday = add_days(today(), -1)
	frappe.db.set_value("Annual Audit Round", made["round"], "closes_on", yesterday)
	frappe.db.set_value("Annual Audit", {"round": made["round"]}, "due_on", yesterday)
	closures.make_task(audit=frappe.get_doc("Annual Audit", late))
	frappe.db.commit()
	return {"round": made["round"], "audit": late, "missing": missing}


def let_pass(names: list[str]) -> None:
	"""Show audits as ones whose last day was yesterday."""
	frappe.db.set_value("Annual Audit", {"name": ["in", names]}, "due_on", add_days(today(), -1))
	frappe.db.commit()


def activate_workflow(name: str) -> None:
	"""Tick a workflow as the active one of its document type."""
	frappe.set_user("Administrator")
	workflow = frappe.get_doc("Workflow", name)
	workflow.is_active = 1
	workflow.save()
	frappe.db.commit()


def change_review_workflow() -> str:
	"""Give a step of the workflow of articles to another role, take one out; return its record."""
	workflow = frappe.get_doc("Workflow", "Article Review")
	workflow.transitions[1].allowed = roles.DIVISION_LEADER
	workflow.transitions.pop()
	workflow.save()
	frappe.db.commit()
	return frappe.db.get_value(
		"Shipped Default", {"document_type": "Workflow", "default_name": workflow.name}
	)


def restore_review_workflow() -> None:
	"""Make the workflow of articles what the app ships, without a way to undo it."""
	filters = {"document_type": "Workflow", "default_name": "Article Review"}
	record = shipped_defaults.restore(record=frappe.get_doc("Shipped Default", filters))
	record.db_set("previous_version", None)
	frappe.db.commit()

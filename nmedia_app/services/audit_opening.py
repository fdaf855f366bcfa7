"""Opening a round: one Annual Audit for every account in use, in the background (Article 6).

Batch by batch, each a transaction of its own that holds the round's row: however many workers open the same
round, and wherever one of them is killed, no account gets a second audit, and the next run goes on where the
last one stopped. A batch is written with one statement a table; what `insert` would check of each audit by
itself is checked for all of them by the questions that choose the accounts.
"""

from collections.abc import Iterable, Sequence
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import parse_naming_series
from frappe.utils import getdate, now
from pypika.functions import Concat, Count
from pypika.terms import CustomFunction, ValueWrapper

from nmedia_app.language import speaking
from nmedia_app.regulation.audit import REQUIREMENT_FIELDS, merge_requirements
from nmedia_app.regulation.filing import ACTIVE
from nmedia_app.regulation.review import OPEN
from nmedia_app.selectors.audit_figures import Figures, Period, count_figures
from nmedia_app.services.attempts import persist
from nmedia_app.services.jobs import enqueue_once
from nmedia_app.workflow import STAGE_FIELD, WORKFLOW_FIELD, get_active_workflow, get_stage

DOCTYPE = "Annual Audit"
ROUND = "Annual Audit Round"
#: what a worker calls
JOB = "nmedia_app.services.audit_rounds.run_opening"
BATCH = 500
Md5, Left = CustomFunction("md5", ["text"]), CustomFunction("left", ["text", "length"])
#: tables of which each audit has its own rows; what the round asks for is the same for all
OWN_ROWS = ("filings", "incidents")
TABLES = (*OWN_ROWS, "materials")
#: columns that a row has of its document
COMMON_COLUMNS = ("owner", "creation", "modified", "modified_by", "docstatus")
#: what an audit takes over from the register
REGISTER_FIELDS = ("account_name", "platform", "section", "administrator", "followers")
ACCOUNT_FIELDS = (
	"name",
	*REGISTER_FIELDS,
	"opened_on",
	"creation",
	"responsible_person",
	"supervising_leader",
	"business_lead",
	"technical_lead",
)


def enqueue(*, round_name: str) -> None:
	"""Let a worker open what is missing of a round, once this request is through."""
	enqueue_once(JOB, round_name, round_name=round_name)


def enqueue_open_rounds() -> None:
	"""Let accounts that came into use while a round runs join it, and go on with what was interrupted."""
	for name in frappe.get_all(ROUND, filters={STAGE_FIELD: OPEN}, pluck="name"):
		enqueue(round_name=name)


def open_audits(round_name: str, size: int = BATCH) -> int:
	"""Create every audit that an open round lacks; return how many. Commits after `size` audits each.

	Rounds of two years that begin side by side take the numbers of one series: what a deadlock ends is tried
	again.
	"""
	created = 0
	while batch := persist(partial(open_batch, round_name=round_name, size=size)):
		created += batch
		tell_progress(round_name)
	return created


def open_rest(*, round_name: str) -> None:
	"""Create every audit that an open round lacks, in the transaction that closes it."""
	while open_batch(round_name=round_name, within=True):
		pass


def open_batch(*, round_name: str, size: int = BATCH, within: bool = False) -> int:
	"""Create the next audits of a round, at most `size`; return how many.

	Nobody else opens audits of this round until the end of the transaction, which has to begin here, unless
	this is done `within` one: then what is read is locked.
	"""
	lock_round(round_name)
	round_doc = frappe.get_doc(ROUND, round_name)
	accounts = find_accounts_to_audit(round_doc, size, within) if round_doc.stage == OPEN else []
	if not accounts:
		return 0
	audits = compose_audits(round_doc, accounts)
	if needs_single_inserts():
		for audit in audits:
			insert_one(audit)
	else:
		insert_all(audits)
	return len(audits)


def lock_round(round_name: str) -> None:
	"""Let one worker after the other open audits of a round, each until the end of its transaction."""
	frappe.db.get_value(ROUND, round_name, "name", for_update=True)


def find_accounts_to_audit(round_doc: Document, limit: int, lock: bool = False) -> list[frappe._dict]:
	"""Return accounts in use that have no audit in the round's year yet.

	With `lock` as the database has them now, not as they were when the transaction began.
	"""
	account = frappe.qb.DocType("Media Account")
	query = (
		query_accounts_to_audit(round_doc.year)
		.select(*(account[fieldname] for fieldname in ACCOUNT_FIELDS))
		.orderby(account.name)
		.limit(limit)
	)
	return (query.for_update() if lock else query).run(as_dict=True)


def count_missing(round_doc: Document) -> int:
	"""Return how many audits a round lacks."""
	return query_accounts_to_audit(round_doc.year).select(Count("*")).run()[0][0]


def query_accounts_to_audit(year: int):
	account, audit = frappe.qb.DocType("Media Account"), frappe.qb.DocType(DOCTYPE)
	return (
		frappe.qb.from_(account)
		.left_join(audit)
		.on((audit.account == account.name) & (audit.year == year))
		.where((account.status == ACTIVE) & audit.name.isnull())
	)


def compose_audits(round_doc: Document, accounts: Sequence[frappe._dict]) -> list[dict]:
	"""Return the audits of accounts as documents' dicts, with the figures of the round's period."""
	period = Period(getdate(round_doc.period_from), getdate(round_doc.period_to))
	figures = count_figures(accounts, period)
	chiefs = get_chiefs({account.section or "" for account in accounts})
	return [
		compose_audit(round_doc, account, figures[account.name], chiefs.get(account.section))
		for account in accounts
	]


def get_chiefs(sections: Iterable[str]) -> dict[str, str | None]:
	"""Return the chief of each of these sections."""
	filters = {"name": ["in", [*sections]]}
	return dict(frappe.get_all("Media Section", filters=filters, fields=["name", "chief"], as_list=True))


def compose_audit(round_doc: Document, account: frappe._dict, figures: Figures, chief: str | None) -> dict:
	"""Return one audit as it begins. It is its account's administrator's from the start."""
	return {
		"doctype": DOCTYPE,
		"owner": account.administrator or "Administrator",
		"round": round_doc.name,
		"year": round_doc.year,
		"account": account.name,
		"audit_key": get_key(round_doc.year, account.name),
		"title": get_title(round_doc.year, account),
		"due_on": round_doc.closes_on,
		"chief": chief,
		"administrator_name": get_full_name(account.administrator),
		**{fieldname: account[fieldname] for fieldname in REGISTER_FIELDS},
		**figures.values,
		"filings": figures.filings,
		"incidents": figures.incidents,
		"materials": merge_requirements(get_requirements(round_doc), []),
	}


def get_key(year: int, account: str) -> str:
	"""Return what makes an account's audit of a year the only one: a unique key in the database."""
	return f"{year} {account}"


def get_title(year: int, account: frappe._dict) -> str:
	return f"{year}年审：{account.account_name}（{account.platform}）"[:140]


def get_full_name(user: str | None) -> str:
	return frappe.db.get_value("User", user, "full_name", cache=True) or user if user else ""


def get_requirements(round_doc: Document) -> list[dict]:
	return [{field: row.get(field) for field in REQUIREMENT_FIELDS} for row in round_doc.requirements]


def needs_single_inserts() -> bool:
	"""Tell whether somebody listens to single audits being inserted, or names them by rules of their own."""
	listening = (
		("Server Script", {"reference_doctype": DOCTYPE, "disabled": 0}),
		("Notification", {"document_type": DOCTYPE, "enabled": 1}),
		("Webhook", {"webhook_doctype": DOCTYPE, "enabled": 1}),
		("Assignment Rule", {"document_type": DOCTYPE, "disabled": 0}),
		("Document Naming Rule", {"document_type": DOCTYPE, "disabled": 0}),
	)
	if any(frappe.db.exists(doctype, filters) for doctype, filters in listening):
		return True
	return bool(frappe.get_hooks("doc_events").get(DOCTYPE)) or ".#" not in frappe.get_meta(DOCTYPE).autoname


def insert_one(audit: dict) -> None:
	"""Insert an audit as any other document."""
	# what is still to be filled in is the account administrator's part
	frappe.get_doc(audit).insert(ignore_permissions=True, ignore_mandatory=True)


def insert_all(audits: Sequence[dict]) -> None:
	"""Write audits and their rows, one statement a table, as `insert` would have written each."""
	workflow = get_active_workflow(DOCTYPE)
	state = workflow.states[0].state
	beginning = {
		**get_defaults(DOCTYPE),
		"creation": now(),
		"modified": now(),
		"modified_by": frappe.session.user,
		"docstatus": 0,
		"idx": 0,
		"workflow_state": state,
		STAGE_FIELD: get_stage(workflow, state),
		WORKFLOW_FIELD: workflow.name,
	}
	names = reserve_names(len(audits))
	parents = [{**beginning, **audit, "name": name} for audit, name in zip(audits, names, strict=True)]
	write_rows(DOCTYPE, parents)
	for table in OWN_ROWS:
		write_children(table, parents)
	write_materials(parents)


def get_defaults(doctype: str) -> dict:
	"""Return the values with which a document of a type begins, an administrator's own fields included."""
	return {
		key: value for key, value in frappe.new_doc(doctype).as_dict().items() if value not in (None, [], "")
	}


def reserve_names(count: int) -> list[str]:
	"""Return the next names of the series: the numbers are taken at once."""
	series: dict[str, int] = {}

	def next_number(key: str, digits: int) -> str:
		if key not in series:
			series[key] = reserve_numbers(key, count)
		series[key] += 1
		return str(series[key]).zfill(digits)

	parts = frappe.get_meta(DOCTYPE).autoname.split(".")
	return [parse_naming_series(parts, number_generator=next_number) for _number in range(count)]


def reserve_numbers(key: str, count: int) -> int:
	"""Take so many numbers of a series of the platform; return the last one that was taken before."""
	current = frappe.db.sql("select `current` from `tabSeries` where `name` = %s for update", key)
	if current:
		frappe.db.sql("update `tabSeries` set `current` = `current` + %s where `name` = %s", (count, key))
		return current[0][0]
	frappe.db.sql("insert into `tabSeries` (`name`, `current`) values (%s, %s)", (key, count))
	return 0


def write_children(table: str, parents: Iterable[dict]) -> None:
	doctype = frappe.get_meta(DOCTYPE).get_field(table).options
	rows = [
		{
			**row,
			"name": frappe.generate_hash(length=10),
			"parent": parent["name"],
			"parenttype": DOCTYPE,
			"parentfield": table,
			"idx": number,
			**{column: parent[column] for column in COMMON_COLUMNS},
		}
		for parent in parents
		for number, row in enumerate(parent[table], 1)
	]
	write_rows(doctype, rows)


def write_materials(parents: Sequence[dict]) -> None:
	"""Give new audits the rows that their round asks for: one statement a row, for all of them."""
	doctype = frappe.get_meta(DOCTYPE).get_field("materials").options
	audit, material = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(doctype)
	names = [parent["name"] for parent in parents]
	valid = {*frappe.get_meta(doctype).get_valid_columns()}
	for number, row in enumerate(parents[0]["materials"], 1):
		same = {key: value for key, value in row.items() if key in valid}
		same |= {"parenttype": DOCTYPE, "parentfield": "materials", "idx": number}
		own = {
			"name": Left(Md5(Concat(audit.name, "#", number)), 20),
			"parent": audit.name,
			**{column: audit[column] for column in COMMON_COLUMNS},
		}
		(
			frappe.qb.into(material)
			.columns(*own, *same)
			.from_(audit)
			.select(*own.values(), *map(ValueWrapper, same.values()))
			.where(audit.name.isin(names))
		).run()


def write_rows(doctype: str, rows: Sequence[dict]) -> None:
	"""Insert rows that all have the same keys; those that are no column of the table are left out."""
	if not rows:
		return
	columns = [column for column in frappe.get_meta(doctype).get_valid_columns() if column in rows[0]]
	names = ", ".join(f"`{column}`" for column in columns)
	row = f"({', '.join(['%s'] * len(columns))})"
	# names of columns come from the DocType, values are the driver's to escape
	frappe.db.sql(
		f"insert into `tab{doctype}` ({names}) values {', '.join([row] * len(rows))}",
		[values[column] for values in rows for column in columns],
	)


def tell_progress(round_name: str) -> None:
	"""Show on the round's form how many of its audits are open."""
	done, total = count_progress(round_name)
	with speaking():  # a worker speaks English by itself
		frappe.publish_progress(
			100 * done / max(total, 1),
			title=_("Opening the audits"),
			doctype=ROUND,
			docname=round_name,
			description=_("{0} of {1}").format(done, total),
		)


def count_progress(round_name: str) -> tuple[int, int]:
	"""Return how many audits a round has, and how many it will have."""
	round_doc = frappe.get_cached_doc(ROUND, round_name)
	done = frappe.db.count(DOCTYPE, {"round": round_name})
	return done, done + (count_missing(round_doc) if round_doc.stage == OPEN else 0)

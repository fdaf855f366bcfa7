"""Commands for `bench --site …`."""

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("check-review-records")
@pass_context
def check_review_records(context):
	"""Check the seal of every approved article and the custody chain; exit with 1 if one is broken."""
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		problems = find_problems()
		frappe.db.commit()
	finally:
		frappe.destroy()
	for problem in problems:
		click.echo(problem)
	if problems:
		raise SystemExit(1)
	click.echo("Every seal is intact, and the chain is whole.")


def find_problems() -> list[str]:
	"""Return in words what is broken; what the seals' check finds is marked on the articles, too."""
	from nmedia_app.services import custody, sealing

	broken = sealing.check_all_seals()
	problems = [f"{name}: {frappe.db.get_value(sealing.DOCTYPE, name, 'seal_problem')}" for name in broken]
	return problems + [custody.describe_break(found) for found in custody.check_custody()]


commands = [check_review_records]

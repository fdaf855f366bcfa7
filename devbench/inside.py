"""What runs inside the bench's Python, connected to a site: `python -m devbench.inside SITE FUNCTION …`."""

import importlib
import json
import os
import secrets
import sys
from dataclasses import asdict
from pathlib import Path

import frappe

from devbench.files import write_json
from devbench.measuring import FIGURE


def finish_site() -> None:
	"""Complete the setup wizard in Chinese and quieten what speaks to nobody here; no timed job runs."""
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	frappe.set_user("Administrator")
	language = frappe.db.get_value("Language", "zh", "language_name")
	answers = {"language": language, "country": "China", "timezone": "Asia/Shanghai", "currency": "CNY"}
	setup_complete(json.dumps(answers | {"enable_telemetry": 0}))
	settings = frappe.get_doc("System Settings")
	wanted = {
		"language": "zh",
		"time_zone": "Asia/Shanghai",
		"date_format": "yyyy-mm-dd",
		"time_format": "HH:mm",
		"first_day_of_the_week": "Monday",
		"enable_onboarding": 0,
		"enable_telemetry": 0,
		"disable_system_update_notification": 1,
		"disable_change_log_notification": 1,
		"setup_complete": 1,
		"enable_scheduler": 0,
	}
	settings.update({field: value for field, value in wanted.items() if settings.meta.has_field(field)})
	settings.flags.ignore_mandatory = True
	settings.save()
	frappe.db.set_value("User", "Administrator", "language", "zh")
	frappe.db.set_single_value("Website Settings", "footer_powered", "新媒体管理")
	frappe.db.set_default("desktop:home_page", "workspace")
	frappe.db.commit()
	frappe.clear_cache()


def load_demo(logins: str) -> None:
	"""Load the demo data and write `logins`: user → name, role, password (kept from one run to the next)."""
	from nmedia_app import demo

	file = Path(logins)
	kept = json.loads(file.read_text()) if file.exists() else {}
	table = {
		user: {
			"name": full_name,
			"role": ", ".join(roles),
			"password": kept.get(user, {}).get("password") or secrets.token_urlsafe(9),
		}
		for user, (full_name, roles) in demo.USERS.items()
	}
	write_json(file, table, mode=0o600)
	demo.load({user: row["password"] for user, row in table.items()})


def measure(module: str) -> None:
	"""Print the figures of a benchmark that runs in a site, one JSON object a line."""
	for figure in importlib.import_module(module).measure():
		print(FIGURE + json.dumps(asdict(figure), ensure_ascii=False), flush=True)


FUNCTIONS = {function.__name__: function for function in (finish_site, load_demo, measure)}


def main(site: str, function: str, *words: str) -> None:
	"""Connect to `site` and call one of the functions above."""
	frappe.init(site=site, sites_path=os.getcwd())
	frappe.connect()
	try:
		FUNCTIONS[function](*words)
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])

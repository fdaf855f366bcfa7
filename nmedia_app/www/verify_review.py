"""The page behind the QR code on Annex 2: anyone who has the paper may ask whether it still holds."""

import frappe

from nmedia_app.selectors.verification import find_record

no_cache = 1
sitemap = 0


def get_context(context):
	"""Look a code up; the page speaks the site's language, as the paper does."""
	frappe.local.lang = frappe.db.get_default("lang") or "zh"
	context.code = (frappe.form_dict.get("code") or "").strip()[:40]
	context.record, context.too_many = None, False
	if not context.code:
		return
	try:
		context.record = find_record(code=context.code)
	except frappe.ValidationError:  # each version of the platform has a subclass of its own for it
		frappe.clear_messages()
		context.too_many = True

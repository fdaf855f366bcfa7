// The platform shows a row's full name in an empty user column: an author without a login would seem to have one.
const format_user = frappe.form.link_formatters["User"];

frappe.form.link_formatters["User"] = (value, doc, docfield) =>
	value ? format_user(value, doc, docfield) : "";

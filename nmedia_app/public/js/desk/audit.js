frappe.provide("nmedia.audit");

const ALERTS = { green: "alert-success", orange: "alert-warning", red: "alert-danger" };
const escape = frappe.utils.escape_html;

nmedia.audit.is_with_authors = ({ stage }) => !stage || ["Draft", "Returned"].includes(stage);

/** What stands where nobody counted, as on paper: nought would be a count. */
nmedia.audit.no_record = () => __("No record");

/** In a form, tell followers that nobody counted before from none. */
nmedia.audit.format_followers_before = (value, df, options, doc) =>
	doc && !doc.followers_before_on
		? nmedia.audit.no_record()
		: frappe.form.formatters.Int(value, df, options);

/** Above the fields of an audit: how long there is time, what the round says, what falls due. */
nmedia.audit.show_notes = (frm) =>
	nmedia.notes.show(frm, "nmedia_app.audit_api.get_audit_notes", (notes) => [
		notes.is_called_for ? due_html(frm) : closed_html(frm),
		task_html(notes.task),
		dormant_html(frm),
		round_html(notes.notes),
	]);

function due_html({ doc }) {
	if (!doc.due_on || !nmedia.audit.is_with_authors(doc)) return "";
	const { text, colour } = nmedia.working_days.describe(doc.due_on);
	const date = frappe.datetime.str_to_user(doc.due_on);
	const advice =
		doc.due_on < frappe.datetime.get_today()
			? `${__("The last day for this audit was {0}.", [date])} ${__(
					"Please ask the head of the unit for more time."
				)}`
			: __(
					"Please complete materials and self-assessment, and send it by {0} (Article 6).",
					[date]
				);
	return `<div class="alert ${ALERTS[colour]} nmedia-due"><strong>${text}</strong> ${advice}</div>`;
}

/** Accounts in use are audited: nobody has to complete the audit of one that was closed meanwhile. */
function closed_html({ doc }) {
	if (doc.docstatus) return "";
	return `<div class="alert alert-info">${__(
		"{0} is closed or deregistered: its audit is not needed any more.",
		[escape(doc.account_name)]
	)}</div>`;
}

function task_html(task) {
	if (!task) return "";
	const { text, colour } = nmedia.working_days.describe(task.due_on);
	const link = `<a href="${frappe.utils.get_form_link("Closure Task", task.name)}">${escape(
		task.title
	)}</a>`;
	const sentence = __(
		"Without an approved audit the account is to be closed by {0} (Article 6).",
		[frappe.datetime.str_to_user(task.due_on)]
	);
	return `<div class="alert ${ALERTS[colour]} nmedia-closure"><strong>${text}</strong> ${sentence} ${link}</div>`;
}

function dormant_html({ doc }) {
	if (!doc.dormant) return "";
	const since = doc.last_published_on
		? __("Last published on {0}.", [frappe.datetime.str_to_user(doc.last_published_on)])
		: __("Nothing was ever published on it.");
	return `<div class="alert alert-danger nmedia-dormant"><strong>${__(
		"Dormant Account"
	)}</strong> ${since} ${__("Please say in the self-assessment what is to become of it.")}</div>`;
}

function round_html(notes) {
	if (!notes.trim()) return "";
	return `<div class="alert alert-info nmedia-round-notes"><strong>${__(
		"Notes of this round"
	)}</strong><p>${escape(notes).replace(/\n/g, "<br>")}</p></div>`;
}

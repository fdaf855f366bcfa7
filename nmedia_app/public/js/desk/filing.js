frappe.provide("nmedia.filing");

Object.assign(nmedia.filing, {
	LIVE: ["In Preparation", "Active", "Pending Closure"],
	FINISHED: ["Reported", "Withdrawn"],
	CELLS: frappe.boot.nmedia_register?.cells || [],
	KNOWN_ONCE_OPENED: frappe.boot.nmedia_register?.known_once_opened || [],
	is_finished: (doc) => nmedia.filing.FINISHED.includes(doc.stage),
});

/** How many working days are left until a date that may be missing: { text, colour }, or null. */
nmedia.filing.days_left = (date) => (date ? nmedia.working_days.describe(date) : null);

/** Call the handle what its platform calls it. */
nmedia.filing.name_handle = (frm) => {
	const show = (label) =>
		frm.set_df_property("handle", "label", label || __("Weibo Address / WeChat ID"));
	if (!frm.doc.platform) return show();
	frappe.db
		.get_value("Media Platform", frm.doc.platform, "handle_label")
		.then(({ message }) => show(message?.handle_label));
};

/** Above the fields: how long there is time, what the filing changes, what was corrected. */
nmedia.filing.show_notes = (frm) =>
	nmedia.notes.show(frm, "nmedia_app.api.get_filing_notes", (notes) => [
		due_html(frm, notes.unpublished_years),
		table_html(__("What this filing changes in the register"), notes.changes),
		table_html(__("What was corrected since it was returned"), notes.corrections),
	]);

const ALERTS = { green: "alert-success", orange: "alert-warning", red: "alert-danger" };

function due_html(frm, unpublished_years) {
	const { report_due_on } = frm.doc;
	if (!report_due_on || nmedia.filing.is_finished(frm.doc)) return "";
	const { text, colour } = nmedia.working_days.describe(report_due_on);
	const date = frappe.datetime.str_to_user(report_due_on);
	const due = __("To be reported to the Publicity Department by {0} (Article 5).", [date]);
	const doubt = unpublished_years.length
		? __("The holidays of {0} are not published yet: the day may still change.", [
				unpublished_years.join("、"),
			])
		: "";
	return `<div class="alert ${ALERTS[colour]} nmedia-due"><strong>${text}</strong> ${due} ${doubt}</div>`;
}

function table_html(heading, changes) {
	if (!changes.length) return "";
	return `<div class="alert alert-info"><strong>${heading}</strong>
		${nmedia.changes.as_table(changes)}</div>`;
}

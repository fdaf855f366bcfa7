frappe.provide("nmedia");

// The house has one time zone: the platform names it, in English, below each time.
nmedia.hide_time_zones = (frm) => {
	for (const { fieldtype, fieldname } of frm.meta.fields)
		if (fieldtype === "Datetime") frm.set_df_property(fieldname, "hide_timezone", 1);
};

// The history below a form repeats choices, and the columns of tables, as they are stored, in English.
nmedia.translate_history = (frm) => {
	for (const version of frm.get_docinfo()?.versions || []) {
		const data = JSON.parse(version.data || "{}");
		empty_what_was_empty(data);
		for (const [table, , , cells] of data.row_changed || []) {
			translate_columns(frm, table);
			translate_choices(frappe.meta.get_docfield(frm.doctype, table)?.options, cells);
		}
		translate_choices(frm.doctype, data.changed || []);
		version.data = JSON.stringify(data);
	}
	frm.timeline?.refresh();
};

// What had no value before is null there, which Frappe 15.55 and later show as that word.
function empty_what_was_empty({ changed = [], row_changed = [] }) {
	for (const change of [...changed, ...row_changed.flatMap(([, , , cells]) => cells)])
		change.splice(1, 2, change[1] ?? "", change[2] ?? "");
}

function translate_choices(doctype, changes) {
	for (const change of changes)
		if (frappe.meta.get_docfield(doctype || "", change[0])?.fieldtype === "Select")
			change.splice(1, 2, ...change.slice(1, 3).map((choice) => __(choice)));
}

function translate_columns(frm, table) {
	const { options } = frappe.meta.get_docfield(frm.doctype, table) || {};
	for (const df of frappe.meta.get_docfields(options || "")) df.label = __(df.label);
}

// What ran by itself was done by the platform's own account, whose name is English.
const { user_info } = frappe;
frappe.user_info = (uid) => {
	const info = user_info(uid);
	return uid === "Administrator" ? { ...info, fullname: __(info.fullname) } : info;
};

// States are shown in the user's language wherever a list or report shows them as a link.
frappe.form.link_formatters["Workflow State"] = (state) => __(state);

// The platform advertises another product below each report, in English only.
localStorage.setItem("show_insights_banner", "false");

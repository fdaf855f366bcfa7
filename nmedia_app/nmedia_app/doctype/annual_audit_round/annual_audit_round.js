frappe.ui.form.on("Annual Audit Round", {
	onload(frm) {
		if (frm.is_new() && !frm.doc.year)
			frm.set_value("year", cint(frappe.datetime.get_today().slice(0, 4)));
	},

	refresh(frm) {
		nmedia.workflow.refresh(frm);
		nmedia.annex.add_to_menu(frm);
		nmedia.translate_history(frm);
		nmedia.audit_round.show_overview(frm);
		const is_reported = frm.doc.stage === "Reported";
		for (const fieldname of ["reported_on", "report_receipt"])
			frm.set_df_property(fieldname, "read_only", is_reported);
		const is_running = !frm.is_new() && frm.doc.stage !== "Draft";
		for (const fieldname of ["opens_on", "period_from", "period_to"])
			frm.set_df_property(fieldname, "read_only", is_running);
	},

	before_workflow_action: nmedia.workflow.before_action,

	year: (frm) => fill_in_start(frm),
});

/** A new round begins as the settings and the last round say; all of it may be changed. */
function fill_in_start(frm) {
	const { year } = frm.doc;
	if (!frm.is_new() || year < 2000 || year > 2100) return;
	frappe.xcall("nmedia_app.audit_api.get_round_start", { year }).then((start) => {
		if (frm.doc.year !== year) return;
		const { requirements, ...days } = start;
		frm.set_value(days);
		if ((frm.doc.requirements || []).some((row) => row.material_name)) return;
		frm.clear_table("requirements");
		for (const row of requirements) frm.add_child("requirements", row);
		frm.refresh_field("requirements");
	});
}

frappe.ui.form.on("Annual Audit", {
	onload: nmedia.hide_time_zones,

	refresh(frm) {
		nmedia.workflow.refresh(frm);
		nmedia.annex.add_to_menu(frm);
		nmedia.translate_history(frm);
		nmedia.audit.show_notes(frm);
		nmedia.materials.show(frm);
		frm.set_df_property("followers_before", "formatter", nmedia.audit.format_followers_before);
	},

	before_workflow_action: nmedia.workflow.before_action,
});

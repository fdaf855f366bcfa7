frappe.ui.form.on("Annual Audit", {
	refresh(frm) {
		nmedia.workflow.refresh(frm);
		nmedia.annex.add_to_menu(frm);
		nmedia.translate_history(frm);
		nmedia.hide_time_zones(frm);
		nmedia.audit.show_notes(frm);
		nmedia.materials.show(frm);
	},

	before_workflow_action: nmedia.workflow.before_action,
});

nmedia.workflow.dialogs["Article Review"] = { Published: nmedia.publication.register };

frappe.ui.form.on("Article Review", {
	setup(frm) {
		frm.set_query("accounts", () => ({
			filters: { status: "Active", section: frm.doc.section || "" },
		}));
	},

	onload(frm) {
		nmedia.hide_time_zones(frm);
		if (!frm.is_new()) return;
		nmedia.sections.choose_only(frm);
		name_user_as_editor(frm);
	},

	refresh(frm) {
		nmedia.workflow.refresh(frm);
		nmedia.translate_history(frm);
		nmedia.annex.add_to_menu(frm);
		nmedia.word_import.add_to_menu(frm);
		nmedia.article.show_notes(frm);
		nmedia.article.add_buttons(frm);
	},

	before_workflow_action: nmedia.workflow.before_action,

	section(frm) {
		frm.set_value("accounts", []);
	},
});

/** Who opens the form edits the article, unless they say otherwise. */
function name_user_as_editor(frm) {
	const [row] = frm.doc.editors || [];
	if (row && (row.user || row.full_name)) return;
	const user = { user: frappe.session.user, full_name: frappe.session.user_fullname };
	if (row) Object.assign(row, user);
	else frm.add_child("editors", user);
	frm.refresh_field("editors");
}

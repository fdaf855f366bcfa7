frappe.ui.form.on("Article Review", {
	setup(frm) {
		frm.set_query("accounts", () => ({
			filters: { status: "Active", section: frm.doc.section || "" },
		}));
	},

	onload(frm) {
		if (!frm.is_new()) return;
		choose_only_section(frm);
		name_user_as_editor(frm);
	},

	refresh(frm) {
		nmedia.workflow.refresh(frm);
		nmedia.annex.add_to_menu(frm);
	},

	before_workflow_action: nmedia.workflow.before_action,

	section(frm) {
		frm.set_value("accounts", []);
	},
});

/** Most editors work for one section: choose it for them. */
function choose_only_section(frm) {
	if (frm.doc.section) return;
	frappe.xcall("nmedia_app.api.get_own_sections").then((sections) => {
		if (sections.length === 1 && !frm.doc.section) frm.set_value("section", sections[0]);
	});
}

function name_user_as_editor(frm) {
	if ((frm.doc.editors || []).length) return;
	frm.add_child("editors", {
		user: frappe.session.user,
		full_name: frappe.session.user_fullname,
	});
	frm.refresh_field("editors");
}

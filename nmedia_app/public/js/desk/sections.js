frappe.provide("nmedia.sections");

/** Most editors work for one section: choose it for them. */
nmedia.sections.choose_only = (frm) => {
	if (frm.doc.section) return;
	frappe.xcall("nmedia_app.api.get_own_sections", { doctype: frm.doctype }).then((sections) => {
		if (sections.length === 1 && !frm.doc.section) frm.set_value("section", sections[0]);
	});
};

// Duplicating a print format of the app brings its template along, to be changed in the copy

frappe.ui.form.on("Print Format", {
	refresh(frm) {
		const is_ours = frm.doc.module === "Nmedia App" && frm.doc.standard === "Yes";
		if (is_ours) frm.copy_doc = duplicate;
		else delete frm.copy_doc; // the form is the same for all formats
	},
});

/** Begin a format of the administrator's own with everything of this one. */
async function duplicate() {
	const html = await frappe.xcall("nmedia_app.nmedia_app.print_formats.copying.get_source", {
		name: this.doc.name,
	});
	const copy = frappe.model.copy_doc(this.doc);
	Object.assign(copy, {
		idx: null,
		standard: "No",
		module: null, // it is the administrator's: no upgrade looks for its file
		custom_format: 1,
		html,
		__run_link_triggers: false,
	});
	frappe.set_route("Form", copy.doctype, copy.name);
}

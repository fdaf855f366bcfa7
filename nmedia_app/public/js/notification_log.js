// a notice of a download is about no document
frappe.ui.form.on("Notification Log", {
	refresh: (frm) =>
		frm.toggle_display("open_reference_document", Boolean(frm.doc.document_type)),
});

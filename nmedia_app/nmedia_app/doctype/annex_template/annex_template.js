frappe.ui.form.on("Annex Template", {
	refresh(frm) {
		add_buttons(frm);
		show_preview(frm);
	},

	document_type(frm) {
		add_buttons(frm);
	},
});

/** Offer what makers of a template need: the list of placeholders, and a sound template to begin with. */
function add_buttons(frm) {
	const { document_type, name } = frm.doc;
	const add = (label, endpoint, values) =>
		frm.add_custom_button(label, () => window.open(get_address(endpoint, values)));
	frm.clear_custom_buttons();
	if (document_type) {
		add(__("List of Placeholders"), "download_placeholders", { document_type });
		add(__("Template of the App"), "download_shipped_template", { document_type });
	}
	if (!frm.is_new()) add(__("Open Preview"), "preview_template", { name });
}

/** Show the template filled with what its placeholders mean, where LibreOffice makes a PDF of it. */
function show_preview(frm) {
	frm.toggle_display("preview_section", !frm.is_new());
	const $preview = frm.get_field("preview").$wrapper.empty();
	if (frm.is_new()) return;
	if (frappe.boot.nmedia_office) {
		$("<iframe class='nmedia-template-preview'></iframe>")
			.attr({ src: get_address("preview_template", { name: frm.doc.name }) })
			.attr("title", __("Preview"))
			.appendTo($preview);
	} else {
		const text = __(
			"LibreOffice is not installed on the server. “Open Preview” gives the preview as a Word file."
		);
		$("<p class='text-muted'></p>").text(text).appendTo($preview);
	}
}

function get_address(endpoint, values) {
	return `/api/method/nmedia_app.nmedia_app.print_formats.word.${endpoint}?${$.param(values)}`;
}

frappe.ui.form.on("Annex Template", {
	refresh(frm) {
		frm.trigger("show_downloads");
		frm.trigger("show_preview");
	},

	document_type(frm) {
		frm.trigger("show_downloads");
	},

	/** What makers of a template need: the list of placeholders, and the shipped template to begin with. */
	show_downloads(frm) {
		frm.clear_custom_buttons();
		if (!frm.doc.document_type) return;
		const document_type = frm.doc.document_type;
		frm.add_custom_button(__("List of Placeholders"), () =>
			open_endpoint("download_placeholders", { document_type })
		);
		frm.add_custom_button(__("Template of the App"), () =>
			open_endpoint("download_shipped_template", { document_type })
		);
	},

	/** The template filled with what its placeholders mean, as PDF; without LibreOffice as Word. */
	show_preview(frm) {
		frm.toggle_display("preview_section", !frm.is_new());
		if (frm.is_new()) return;
		const { name } = frm.doc;
		frm.add_custom_button(__("Open Preview"), () =>
			open_endpoint("preview_template", { name })
		);
		const $preview = frm.get_field("preview").$wrapper.empty();
		if (!frappe.boot.nmedia_office) {
			const text = __(
				"LibreOffice is not installed on the server. “Open Preview” gives the preview as a Word file."
			);
			$("<p class='text-muted'></p>").text(text).appendTo($preview);
			return;
		}
		$("<iframe class='nmedia-template-preview'></iframe>")
			.attr({ src: get_address("preview_template", { name }), title: __("Preview") })
			.appendTo($preview);
	},
});

function get_address(endpoint, values) {
	return `/api/method/nmedia_app.nmedia_app.print_formats.word.${endpoint}?${$.param(values)}`;
}

function open_endpoint(endpoint, values) {
	window.open(get_address(endpoint, values));
}

frappe.provide("nmedia.annex");

/** Tell whether documents of this type print as an annex of the regulation. */
nmedia.annex.exists = (doctype) => (frappe.boot.nmedia_annexes || []).includes(doctype);

nmedia.annex.download_word = (doctype, name) => {
	const method = "nmedia_app.nmedia_app.print_formats.word.download_word";
	window.open(`/api/method/${method}?${$.param({ doctype, name })}`);
};

/** The print format is the type's own, unless another is named. */
nmedia.annex.download_pdf = (doctype, name, print_format = "") => {
	const method = "nmedia_app.nmedia_app.print_formats.pdf.download_pdf";
	window.open(`/api/method/${method}?${$.param({ doctype, name, print_format })}`);
};

/** Offer the annex as a Word file and as PDF in a form's menu. */
nmedia.annex.add_to_menu = (frm) => {
	if (frm.is_new() || !nmedia.annex.exists(frm.doctype)) return;
	frm.page.add_menu_item(__("Download Word"), () =>
		nmedia.annex.download_word(frm.doctype, frm.docname)
	);
	frm.page.add_menu_item(__("Download PDF"), () =>
		nmedia.annex.download_pdf(frm.doctype, frm.docname)
	);
};

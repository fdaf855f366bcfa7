// the print view offers the annex as a Word file, too, and asks nothing that has one answer only
frappe.provide("nmedia.annex");

nmedia.annex.extend_print_view = (page) => {
	const on_page_load = page.on_page_load;

	page.on_page_load = (wrapper) => {
		on_page_load(wrapper);
		const $button = wrapper.page.add_button(__("Download Word"), () => {
			const [, doctype, name] = frappe.get_route();
			nmedia.annex.download_word(doctype, name);
		});
		const show = () => {
			const doctype = frappe.get_route()[1];
			$button.toggle(nmedia.annex.exists(doctype));
			frappe.model.with_doctype(doctype, () => name_only_format($(wrapper), doctype));
		};
		$(wrapper).on("show", show);
		show();
	};
};

/** An annex is in Chinese whatever the language; with one format of it there is nothing to choose. */
function name_only_format($wrapper, doctype) {
	const is_annex = nmedia.annex.exists(doctype);
	const formats = frappe.get_meta(doctype)?.__print_formats || [];
	const is_only = is_annex && formats.length === 1;
	$wrapper.find("[data-fieldname=language]").toggle(!is_annex);
	const $format = $wrapper.find("[data-fieldname=print_format]");
	$format.find(".nmedia-format-name").remove();
	$format.find(".control-input-wrapper, .control-input, .awesomplete").toggle(!is_only);
	if (is_only)
		$('<div class="nmedia-format-name"></div>').text(__(formats[0].name)).appendTo($format);
}

nmedia.annex.extend_print_view(frappe.pages["print"]);

// the print view offers the annex as a Word file and as PDF with a name to read, and asks nothing that has one answer only
frappe.provide("nmedia.annex");

nmedia.annex.extend_print_view = (page) => {
	const on_page_load = page.on_page_load;

	page.on_page_load = (wrapper) => {
		on_page_load(wrapper);
		const $platforms = find_platforms_pdf($(wrapper));
		const $buttons = [
			wrapper.page.add_button(__("Download Word"), () => {
				const [, doctype, name] = frappe.get_route();
				nmedia.annex.download_word(doctype, name);
			}),
			wrapper.page.add_button(__("Download PDF"), () => {
				const [, doctype, name] = frappe.get_route();
				nmedia.annex.download_pdf(doctype, name, get_format($(wrapper), doctype));
			}),
		];
		const show = () => {
			const doctype = frappe.get_route()[1];
			const is_annex = nmedia.annex.exists(doctype);
			$buttons.forEach(($button) => $button.toggle(is_annex));
			$platforms.toggle(!is_annex); // whose files are named by the document's number alone
			frappe.model.with_doctype(doctype, () => name_only_format($(wrapper), doctype));
		};
		$(wrapper).on("show", show);
		show();
	};
};

/** The platform's own button, before ours stand beside it. */
function find_platforms_pdf($wrapper) {
	return $wrapper.find(".page-actions button").filter((_, button) => {
		return $(button).text().trim() === "PDF";
	});
}

/** The format that is chosen where there are several: the field shows its name in the user's language. */
function get_format($wrapper, doctype) {
	const formats = frappe.get_meta(doctype)?.__print_formats || [];
	const chosen = $wrapper.find("[data-fieldname=print_format] input").val();
	if (["Standard", __("Standard")].includes(chosen)) return "Standard"; // the platform's own, which no document is
	return formats.find(({ name }) => [name, __(name)].includes(chosen))?.name;
}

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

// the print view offers the annex as a Word file, too
frappe.provide("nmedia.annex");

nmedia.annex.extend_print_view = (page) => {
	const on_page_load = page.on_page_load;

	page.on_page_load = (wrapper) => {
		on_page_load(wrapper);
		const $button = wrapper.page.add_button(__("Download Word"), () => {
			const [, doctype, name] = frappe.get_route();
			nmedia.annex.download_word(doctype, name);
		});
		const toggle = () => $button.toggle(nmedia.annex.exists(frappe.get_route()[1]));
		$(wrapper).on("show", toggle);
		toggle();
	};
};

nmedia.annex.extend_print_view(frappe.pages["print"]);

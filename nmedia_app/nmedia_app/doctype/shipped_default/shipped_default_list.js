frappe.listview_settings["Shipped Default"] = {
	hide_name_column: true,
	hide_name_filter: true,

	formatters: {
		document_type: (doctype) => __(doctype),
	},

	get_indicator: ({ status }) => [
		__(status),
		nmedia.defaults.colour_of(status),
		`status,=,${status}`,
	],

	onload(listview) {
		nmedia.adjustments.add_to_menu(listview.page);
		// the app's own names are English, like every name that it ships
		const before_render = listview.before_render.bind(listview);
		listview.before_render = () => {
			for (const doc of listview.data) doc.document_name = __(doc.document_name);
			return before_render();
		};
	},
};

frappe.listview_settings["Shipped Default"] = {
	hide_name_column: true,
	hide_name_filter: true,

	// the app's own names are English, like every name that it ships
	formatters: {
		document_name: (name) => __(name),
		document_type: (doctype) => __(doctype),
	},

	get_indicator: ({ status }) => [
		__(status),
		nmedia.defaults.colour_of(status),
		`status,=,${status}`,
	],

	onload(listview) {
		nmedia.adjustments.add_to_menu(listview.page);
	},
};

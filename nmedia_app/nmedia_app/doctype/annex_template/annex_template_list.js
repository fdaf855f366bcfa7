frappe.listview_settings["Annex Template"] = {
	hide_name_column: true, // a template's name is its title

	get_indicator: (doc) =>
		doc.is_active
			? [__("In Use"), "green", "is_active,=,1"]
			: [__("Earlier"), "gray", "is_active,=,0"],
};

frappe.listview_settings["Custody Entry"] = {
	hide_name_column: true, // people know an entry by its number in the volume

	formatters: {
		event: (event) =>
			`<span class="indicator-pill ${event === "Withdrawn" ? "red" : "blue"}">${__(event)}</span>`,
	},
};

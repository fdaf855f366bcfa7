frappe.listview_settings["Sensitive Word List"] = {
	hide_name_column: true, // a list's name is its title

	formatters: {
		action: (action) =>
			`<span class="indicator-pill ${action === "Stop" ? "red" : "orange"}">${__(action)}</span>`,
	},
};

frappe.listview_settings["Closure Task"] = {
	add_fields: ["status", "due_on"],
	hide_name_column: true,
	get_indicator: (doc) => [
		__(doc.status),
		{ "To Be Closed": "red", "Account Closed": "green", Lifted: "blue" }[doc.status],
		`status,=,${doc.status}`,
	],
	formatters: {
		due_on: (value, df, doc) =>
			frappe.format(value, df, { inline: true }, doc) +
			nmedia.list.as_html(
				doc.status === "To Be Closed" && value && nmedia.working_days.describe(value)
			),
	},
};

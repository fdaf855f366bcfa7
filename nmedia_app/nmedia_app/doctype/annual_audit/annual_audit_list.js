frappe.listview_settings["Annual Audit"] = nmedia.list.of_workflow({
	add_fields: ["stage", "due_on", "dormant"],
	hide_name_column: true,
	beside: "due_on",
	badge: (doc) => [
		doc.due_on &&
			nmedia.audit.is_with_authors(doc) &&
			nmedia.working_days.describe(doc.due_on),
		doc.dormant && { text: __("Dormant"), hint: __("Dormant Account"), colour: "red" },
	],
	decide: nmedia.audit.decide,
});

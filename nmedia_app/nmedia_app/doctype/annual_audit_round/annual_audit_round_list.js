frappe.listview_settings["Annual Audit Round"] = nmedia.list.of_workflow({
	add_fields: ["stage", "closes_on"],
	hide_name_column: true,
	beside: "closes_on",
	badge: (doc) => doc.stage === "Open" && nmedia.working_days.describe(doc.closes_on),
});

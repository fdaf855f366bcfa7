frappe.listview_settings["Account Filing"] = nmedia.list.of_workflow({
	add_fields: ["stage", "report_due_on"],
	from_word: true,
	hide_name_column: true,
	beside: "report_due_on",
	badge: (doc) => !nmedia.filing.is_finished(doc) && nmedia.filing.days_left(doc.report_due_on),
});

frappe.listview_settings["Article Review"] = nmedia.list.of_workflow({
	add_fields: ["stage", "planned_publish_time", "seal_status"],
	from_word: true,
	hide_name_column: true,
	beside: "planned_publish_time",
	badge: (doc) =>
		is_late(doc) && { text: __("Late"), hint: __("Planned time has passed"), colour: "red" },
	alarm: (doc) =>
		doc.seal_status === "Broken" && {
			text: __("The seal is broken"),
			hint: __("This record was changed after its approval, not through the app:"),
			colour: "red",
		},
});

/** Planned for a time that has passed, and neither published nor withdrawn. */
function is_late(doc) {
	if (!doc.planned_publish_time || ["Published", "Withdrawn"].includes(doc.stage)) return false;
	return doc.planned_publish_time < frappe.datetime.system_datetime();
}

frappe.listview_settings["Article Review"] = {
	add_fields: ["stage", "planned_publish_time"],
	hide_name_column: true,

	formatters: {
		planned_publish_time: (value, df, doc) => {
			const time = frappe.format(value, df, null, doc);
			return is_late(doc)
				? `${time} <span class="nmedia-late">${__("Planned time has passed")}</span>`
				: time;
		},
	},

	onload(listview) {
		// on a phone the platform shows a dot: say the status in words
		listview.get_indicator_dot = (doc) => listview.get_indicator_html(doc, true);

		// each article is decided on by itself, from its form: nobody approves what they did not read (Article 7)
		listview.toggle_workflow_actions = () =>
			Object.values(listview.workflow_action_items || {}).forEach(($item) => $item.hide());
	},
};

/** Planned for a time that has passed, and neither published nor withdrawn. */
function is_late(doc) {
	if (!doc.planned_publish_time || ["Published", "Withdrawn"].includes(doc.stage)) return false;
	return doc.planned_publish_time < frappe.datetime.system_datetime();
}

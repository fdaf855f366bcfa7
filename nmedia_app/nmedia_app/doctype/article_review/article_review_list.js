frappe.listview_settings["Article Review"] = {
	add_fields: ["stage", "planned_publish_time"],
	hide_name_column: true,

	onload(listview) {
		// on a phone the platform shows a dot: say the status in words
		listview.get_indicator_dot = (doc) => listview.get_indicator_html(doc, true);

		// each article is decided on by itself, from its form: nobody approves what they did not read (Article 7)
		listview.toggle_workflow_actions = () =>
			Object.values(listview.workflow_action_items || {}).forEach(($item) => $item.hide());
	},
};

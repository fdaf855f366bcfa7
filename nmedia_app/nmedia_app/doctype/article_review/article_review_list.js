const LATE = `<span class="indicator-pill red nmedia-late" title="${__("Planned time has passed")}">
	${__("Late")}</span>`;

frappe.listview_settings["Article Review"] = {
	add_fields: ["stage", "planned_publish_time"],
	hide_name_column: true,

	onload(listview) {
		const get_indicator_html = listview.get_indicator_html.bind(listview);
		listview.get_indicator_html = (doc, ...others) =>
			get_indicator_html(doc, ...others) + (is_late(doc) ? LATE : "");

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

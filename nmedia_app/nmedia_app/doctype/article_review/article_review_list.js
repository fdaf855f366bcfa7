const LATE = `<span class="indicator-pill red nmedia-late" title="${__("Planned time has passed")}">
	${__("Late")}</span>`;

const BROKEN = `<span class="indicator-pill red nmedia-broken"
	title="${__("This record was changed after its approval, not through the app:")}">
	${__("The seal is broken")}</span>`;

frappe.listview_settings["Article Review"] = {
	add_fields: ["stage", "planned_publish_time", "seal_status"],
	hide_name_column: true,

	formatters: {
		// beside the time, where there is room for it
		planned_publish_time: (time, df, doc) =>
			frappe.format(time, df, { inline: true }, doc) + (is_late(doc) ? LATE : ""),
	},

	onload(listview) {
		const get_indicator_html = listview.get_indicator_html.bind(listview);
		listview.get_indicator_html = (doc, ...others) =>
			doc.seal_status === "Broken" ? BROKEN : get_indicator_html(doc, ...others);

		// on a phone the platform shows a dot: say the status in words
		listview.get_indicator_dot = (doc) =>
			listview.get_indicator_html(doc, true) + (is_late(doc) ? LATE : "");

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

frappe.provide("nmedia.list");

/**
 * Settings of a list of documents that a workflow governs. `badge(doc)` → what stands beside the column
 * `beside`, where there is room for it, and `alarm(doc)` → what stands in place of the status:
 * { text, colour, hint }, several of them, or nothing. `decide(names, on_done)` decides on the ticked ones together; `from_word`: filled
 * Word forms can be imported.
 */
nmedia.list.of_workflow = ({
	badge,
	beside,
	alarm = () => null,
	decide = null,
	from_word = false,
	...settings
}) => ({
	...settings,

	formatters: {
		[beside]: (value, df, doc) =>
			(value ? frappe.format(value, df, { inline: true }, doc) : "") + as_html(badge(doc)),
	},

	onload(listview) {
		const get_indicator_html = listview.get_indicator_html.bind(listview);
		listview.get_indicator_html = (doc, ...others) =>
			as_html(alarm(doc)) || get_indicator_html(doc, ...others);

		// on a phone the platform shows a dot: say the status in words
		listview.get_indicator_dot = (doc) =>
			listview.get_indicator_html(doc, true) + as_html(badge(doc));

		// each document is decided on by itself, from its form: nobody approves what they did not read (Article 7)
		listview.toggle_workflow_actions = () =>
			Object.values(listview.workflow_action_items || {}).forEach(($item) => $item.hide());
		if (decide) add_decision(listview, decide);
		nmedia.bundles.add_to_list(listview);
		if (from_word) nmedia.word_import.add_to_list(listview);
	},
});

/** A button in sight while rows are ticked, and the same among the actions of the list. */
function add_decision(listview, decide) {
	const run = () =>
		decide(listview.get_checked_items(true), () => {
			listview.clear_checked_items();
			listview.last_args = null; // or what was read within three seconds is not read again
			listview.refresh();
		});
	listview.page.add_actions_menu_item(__("Decide Together"), run);
	const $button = listview.page
		.add_inner_button(__("Decide Together"), run, null, "primary")
		.hide();
	const on_row_checked = listview.on_row_checked.bind(listview);
	listview.on_row_checked = () => {
		on_row_checked();
		$button.toggle(listview.get_checked_items(true).length > 0);
	};
}

/** Put what `badge(doc)` returns behind the status in a list. */
nmedia.list.add_badge = (listview, badge) => {
	const get_indicator_html = listview.get_indicator_html.bind(listview);
	listview.get_indicator_html = (doc, ...others) =>
		get_indicator_html(doc, ...others) + as_html(badge(doc));
};

nmedia.list.as_html = as_html;

function as_html(badge) {
	if (!badge) return "";
	if (Array.isArray(badge)) return badge.map(as_html).join("");
	const { text, colour, hint = "" } = badge;
	return `<span class="indicator-pill ${colour} nmedia-badge" title="${hint}">${text}</span>`;
}

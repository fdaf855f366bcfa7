frappe.provide("nmedia.bundles");

const API = "nmedia_app.bundle_api";
const EVENT = "nmedia_bundle";
const escape = frappe.utils.escape_html;
// where the relay is away, the dialog asks how far it is
const ASK_AGAIN = 3000;

/** Offer the ticked documents of a list as one download: Word files in a ZIP, or one PDF. */
nmedia.bundles.add_to_list = (listview) => {
	const { doctype, page } = listview;
	if (!nmedia.annex.exists(doctype) || !frappe.model.can_print(doctype)) return;
	const add = (label, kind) =>
		page.add_actions_menu_item(label, () =>
			frappe
				.xcall(`${API}.make_bundle`, {
					doctype,
					names: listview.get_checked_items(true),
					kind,
				})
				.then(show)
		);
	add(__("Download Word Files (.zip)"), "Word");
	add(__("Download as One PDF"), "PDF");
};

/** Show how far a download is, and offer it when it is ready. */
function show(bundle) {
	const dialog = new frappe.ui.Dialog({
		title:
			bundle.kind === "PDF" ? __("Download as One PDF") : __("Download Word Files (.zip)"),
		fields: [{ fieldtype: "HTML", fieldname: "state" }],
	});
	const on_event = (told) => told.key === bundle.key && draw(told);
	const ask = () => frappe.xcall(`${API}.get_bundle`, { key: bundle.key }).then(draw);
	const timer = setInterval(ask, ASK_AGAIN);
	const stop_listening = () => {
		clearInterval(timer);
		frappe.realtime.off(EVENT, on_event);
	};

	function draw(told) {
		// what was asked before may be answered after what was told
		if (dialog.nmedia_is_done) return;
		dialog.fields_dict.state.$wrapper.html(state_html(told));
		if (told.status === "Making") return;
		dialog.nmedia_is_done = true;
		stop_listening();
		if (told.status !== "Ready") return;
		dialog.set_primary_action(__("Download"), () => {
			window.open(`/api/method/${API}.download_bundle?${$.param({ key: told.key })}`);
			dialog.hide();
		});
	}

	frappe.realtime.on(EVENT, on_event);
	dialog.onhide = stop_listening;
	draw(bundle);
	dialog.show();
}

function state_html(bundle) {
	if (bundle.status === "Making") return making_html(bundle);
	if (bundle.status === "Failed")
		return `<p>${__(
			"The documents could not be made one download. Please try again, or tell the administrator."
		)}</p>${problems_html(bundle)}`;
	const size = format_number(bundle.size / 1024 / 1024, null, 1);
	return `<p class="nmedia-bundle-name">${escape(bundle.file_name)}</p>
		<p class="text-muted">${__("{0} MB. It can be downloaded for a day.", [size])}</p>
		${problems_html(bundle)}`;
}

function making_html({ done, total }) {
	const percent = Math.floor((100 * done) / total);
	const text = __("{0} of {1}", [done, total]);
	return `${nmedia.audit.progress_html(text, percent)}
		<p class="text-muted">${__("You may close this: a notice tells you when it is ready.")}</p>`;
}

function problems_html({ problems }) {
	if (!problems.length) return "";
	const items = problems.map(
		({ name, title, reason }) => `<li>${escape(title || name)}：${escape(reason)}</li>`
	);
	return `<p>${__("Not included:")}</p><ul>${items.join("")}</ul>`;
}

frappe.provide("nmedia.adjustments");

const API = "nmedia_app.adjustments_api";
const escape = frappe.utils.escape_html;
// as in `adjustments/parcel.py`; what is larger is refused before it is read
const LARGEST = 40_000_000;

/** Offer an administrator to carry what was adjusted to another site, and to bring it from one. */
nmedia.adjustments.add_to_menu = (page) => {
	page.add_menu_item(__("Export Adjustments"), export_all);
	page.add_menu_item(__("Import Adjustments"), import_file);
};

function export_all() {
	const text = __(
		"One file with all that was adjusted here: workflows, fields, permissions, print formats, Word templates, word lists and settings. The address of the group robot is a secret and is not in it."
	);
	frappe.confirm(`<p>${text}</p>`, () => window.open(`/api/method/${API}.export_adjustments`));
}

/** Ask for a file, show what it would do, and import it when the administrator agrees. */
function import_file() {
	const dialog = new frappe.ui.Dialog({
		title: __("Import Adjustments"),
		size: "extra-large",
		fields: [
			{ fieldname: "file", fieldtype: "HTML" },
			{ fieldname: "entries", fieldtype: "HTML" },
		],
		primary_action_label: __("Import All"),
	});
	dialog.disable_primary_action();
	dialog.fields_dict.file.$wrapper.html(
		`<p class="text-muted">${__(
			"Choose a file that was made with “Export Adjustments”. First it is shown what it would change; nothing is written before you confirm."
		)}</p>`
	);
	$(`<input type="file" accept=".json,application/json">`)
		.attr("aria-label", __("File"))
		.on("change", ({ target }) => target.files[0] && show_file(dialog, target.files[0]))
		.appendTo(dialog.fields_dict.file.$wrapper);
	dialog.show();
}

function show_file(dialog, file) {
	dialog.disable_primary_action();
	const $entries = dialog.fields_dict.entries.$wrapper.empty();
	if (file.size > LARGEST * 3) {
		$entries.html(alert_html("danger", __("The file is too large.")));
		return;
	}
	return file
		.text()
		.then((text) =>
			frappe
				.xcall(`${API}.preview_adjustments`, { text })
				.then((shown) => draw(dialog, text, shown))
		)
		.catch(() => {}); // the platform has shown what is wrong with the file
}

function draw(dialog, text, { entries, refusal, seen }) {
	const changing = entries.filter(({ action }) => action !== "leave");
	const verdict = refusal
		? alert_html("danger", __("None of it can be imported: {0}", [escape(refusal)]))
		: changing.length
			? alert_html(
					"info",
					__("{0} entries change something on this site.", [changing.length])
				)
			: alert_html("info", __("This site has all of it already."));
	dialog.fields_dict.entries.$wrapper.html(`${verdict}${table_html(entries)}`);
	if (refusal || !changing.length) return;
	dialog.enable_primary_action();
	dialog.set_primary_action(__("Import All"), () => {
		dialog.disable_primary_action();
		frappe.xcall(`${API}.import_adjustments`, { text, seen }).then((count) => {
			dialog.hide();
			frappe.show_alert({
				message: __("{0} entries were imported.", [count]),
				indicator: "green",
			});
			frappe.ui.toolbar.clear_cache(); // forms and buttons are others now
		});
	});
}

function alert_html(kind, html) {
	return `<div class="alert alert-${kind}" style="margin-top: 12px">${html}</div>`;
}

const ACTIONS = {
	add: ["green", () => __("Added")],
	change: ["blue", () => __("Changed")],
	remove: ["red", () => __("Removed")],
	leave: ["gray", () => __("Stays as It Is")],
};

function table_html(entries) {
	const rows = entries.map(({ action, kind, name, details }) => {
		const [colour, label] = ACTIONS[action];
		const text = details.map((line) => `<div>${escape(line)}</div>`).join("");
		return `<tr><td><span class="indicator-pill no-indicator-dot ${colour}">${label()}</span></td>
			<td>${escape(kind)}</td><td>${escape(name)}</td><td>${text}</td></tr>`;
	});
	return `<div class="nmedia-entries"><table class="table table-bordered">
		<thead><tr><th></th><th>${__("Kind")}</th><th>${__("Name")}</th><th>${__("Details")}</th></tr></thead>
		<tbody>${rows.join("")}</tbody></table></div>`;
}

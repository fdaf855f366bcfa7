frappe.provide("nmedia.defaults");

const API = "nmedia_app.defaults_api";
const escape = frappe.utils.escape_html;

const COLOURS = {
	"As Shipped": "green",
	"Changed Here": "blue",
	"Deleted Here": "gray",
	"Newer Version Shipped": "orange",
	"No Longer Shipped": "gray",
	"Here before the App": "gray",
};

nmedia.defaults.colour_of = (status) => COLOURS[status] || "gray";

/** Draw the form of a shipped default: what differs here, and buttons that restore it and undo that. */
nmedia.defaults.show = (frm) => {
	const { document_name, document_type, status } = frm.doc;
	frm.disable_save();
	frm.page.set_title(__(document_name));
	frm.toggle_display("document_name", false); // the title says it, in the user's language
	frm.page.set_indicator(__(status), nmedia.defaults.colour_of(status));
	const $comparison = frm.get_field("comparison").$wrapper.empty();
	return frappe.xcall(`${API}.compare_default`, { name: frm.doc.name }).then((compared) => {
		$comparison.html(comparison_html(compared));
		add_buttons(frm, compared);
		if (compared.is_there)
			frm.add_custom_button(__("Open the Document"), () =>
				frappe.set_route("Form", document_type, document_name)
			);
	});
};

function add_buttons(frm, compared) {
	if (compared.may_undo)
		frm.add_custom_button(__("Undo Restoring"), () => run(frm, "undo_restoring"));
	if (!is_as_shipped(compared))
		frm.add_custom_button(__("Restore as Shipped"), () => confirm(frm, compared));
}

function is_as_shipped({ is_there, counts }) {
	return is_there && !Object.values(counts).some(Boolean);
}

/** Say what restoring changes, and do it when the administrator agrees. */
function confirm(frm, compared) {
	const sentences = [...counts_in_words(compared), ...compared.restoring];
	const items = sentences.map((sentence) => `<li>${escape(sentence)}</li>`).join("");
	frappe.confirm(
		`<p>${__("{0} becomes what the app ships:", [`<b>${escape(__(frm.doc.document_name))}</b>`])}</p>
		<ul>${items}</ul>
		<p>${__("What is there now is kept: “Undo Restoring” brings it back.")}</p>`,
		() => run(frm, "restore_default")
	);
}

function counts_in_words({ counts, is_there }) {
	if (!is_there) return [];
	return [
		[counts.added, __("{0} entries that were added here go.", [counts.added])],
		[counts.removed, __("{0} entries that were removed here come back.", [counts.removed])],
		[
			counts.changed,
			__("{0} entries that were changed here become as shipped.", [counts.changed]),
		],
		[counts.moved, __("{0} entries take their shipped place.", [counts.moved])],
	]
		.filter(([count]) => count)
		.map(([, sentence]) => sentence);
}

function run(frm, endpoint) {
	return frappe
		.xcall(`${API}.${endpoint}`, { name: frm.doc.name })
		.then(() => frm.reload_doc())
		.then(() => frappe.show_alert({ message: __("Done"), indicator: "green" }));
}

function comparison_html(compared) {
	const { fields, tables } = compared.differences;
	const verdict = !compared.is_there
		? __("It was deleted here. The app ships:")
		: is_as_shipped(compared)
			? __("Nothing differs from what was shipped.")
			: "";
	const columns = [__("Field"), __("Shipped"), __("As It Is Here")];
	return [
		verdict && `<p>${verdict}</p>`,
		compared.is_there && `<p>${counts_html(compared.counts)}</p>`,
		fields.length && nmedia.changes.as_table(fields, columns),
		...tables.map(table_html),
	]
		.filter(Boolean)
		.join("");
}

const KINDS = {
	same: ["gray", () => __("The Same")],
	moved: ["yellow", () => __("At Another Place")],
	changed: ["blue", () => __("Changed Here")],
	added: ["green", () => __("Added Here")],
	removed: ["red", () => __("Removed Here")],
};

/** How many entries differ, and how: the rows that do may be far down. */
function counts_html(counts) {
	return Object.entries(counts)
		.filter(([, count]) => count)
		.map(([kind, count]) => {
			const [colour, name] = KINDS[kind];
			return `<span class="indicator-pill no-indicator-dot ${colour}">${name()}：${count}</span>`;
		})
		.join(" ");
}

function table_html({ label, rows }) {
	const body = rows.map(({ kind, here, shipped }) => {
		const [colour, name] = KINDS[kind];
		return `<tr class="nmedia-row-${kind}">
			<td><span class="indicator-pill no-indicator-dot ${colour}">${name()}</span></td>
			<td>${side_html(here)}</td><td>${side_html(shipped)}</td>
		</tr>`;
	});
	return `<h5>${escape(label)}</h5>
		<table class="table table-bordered nmedia-sides">
			<thead><tr><th></th><th>${__("As It Is Here")}</th><th>${__("Shipped")}</th></tr></thead>
			<tbody>${body.join("")}</tbody>
		</table>`;
}

function side_html(side) {
	if (!side) return "—";
	const details = side.details.map(({ label, value, differs }) => {
		const text = `${escape(label)}：${escape(value) || "—"}`;
		return differs ? `<mark>${text}</mark>` : `<span>${text}</span>`;
	});
	return `<strong>${escape(side.title)}</strong>
		<div class="nmedia-details">${details.join("")}</div>`;
}

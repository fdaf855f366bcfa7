frappe.provide("nmedia.changes");

// Approve what you see (Article 7): a step that is refused because the document changed meanwhile shows what
// changed, whether it was taken with our buttons or from the platform's menu. Then the form is loaded again.
frappe.request.on_error("StaleDocumentError", () => {
	const frm = cur_frm;
	frappe
		.xcall("nmedia_app.api.get_changes_since", { doc: frm.doc })
		.then((since) => show_changes(frm, since));
});

function show_changes(frm, since) {
	const dialog = nmedia.dialog({
		title: __("Changed After You Opened It"),
		size: "large",
		fields: [{ fieldname: "changes", fieldtype: "HTML", options: changes_html(since) }],
		primary_action_label: __("Reload and Decide Again"),
		primary_action: () => dialog.hide(),
		onhide: () => frm.reload_doc(),
	});
	dialog.show();
}

function changes_html({ changed_by, changed_on, changes }) {
	const heading = __("{0} changed this document after you opened it (at {1}).", [
		frappe.utils.escape_html(changed_by),
		frappe.datetime.str_to_user(changed_on),
	]);
	const advice = __(
		"Your decision was not recorded. Please read what changed and decide again."
	);
	const table = changes.length
		? nmedia.changes.as_table(changes)
		: `<p>${__("No field differs.")}</p>`;
	return `<p><strong>${heading}</strong> ${advice}</p>${table}`;
}

/** What differs, a field a line: its label, its value before and after; `columns` are the three headings. */
nmedia.changes.as_table = (
	changes,
	columns = [__("Field"), __("Before the Change"), __("After the Change")]
) => {
	const cells = ({ label, before, after }) =>
		[label, before, after]
			.map((text) => `<td>${frappe.utils.escape_html(text) || "—"}</td>`)
			.join("");
	return `<table class="table table-bordered nmedia-changes">
		<thead><tr>${columns.map((column) => `<th>${column}</th>`).join("")}</tr></thead>
		<tbody>${changes.map((change) => `<tr>${cells(change)}</tr>`).join("")}</tbody>
	</table>`;
};

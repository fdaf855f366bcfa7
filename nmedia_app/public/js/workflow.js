// Documents that do not follow this workflow: they finish on their own, or are moved here (nmedia_app.workflow_api)

frappe.ui.form.on("Workflow", {
	refresh(frm) {
		if (!is_ours(frm)) return;
		keep_to_current_copy(frm);
		// documents elsewhere are no fault: each follows the workflow under which it began
		frm.ignore_warning = true;
		$(frm.wrapper).find(".state-table").hide();
		// the platform's button says the type's English name
		frm.remove_custom_button(__("Go to {0} List", [frm.doc.document_type]));
		frm.add_custom_button(__("Go to {0} List", [__(frm.doc.document_type)]), () =>
			frappe.set_route("List", frm.doc.document_type)
		);
		if (frm.doc.is_active && !frm.is_new()) {
			frm.add_custom_button(__("Documents under Way"), () => show_elsewhere(frm, true));
		}
	},

	after_save(frm) {
		if (is_ours(frm) && frm.doc.is_active) show_elsewhere(frm, false);
	},
});

/**
 * Loading a document type brings its workflows along, and puts fresh copies in their places: a form that was
 * opened before would go on with the old one, and save it without what was changed.
 */
function keep_to_current_copy(frm) {
	if (frm.is_new()) return;
	frappe.model.with_doctype(frm.doc.document_type, () => {
		if (frappe.get_doc(frm.doctype, frm.docname) !== frm.doc) frm.refresh();
	});
}

const is_ours = (frm) => frm.doc.document_type in frappe.boot.nmedia_workflows;

/** Show what is under way elsewhere; if there is nothing, say so only if `asked`. */
async function show_elsewhere(frm, asked) {
	const rows = await frappe.xcall("nmedia_app.workflow_api.get_documents_elsewhere", {
		workflow: frm.doc.name,
	});
	if (!rows.length) {
		if (asked) frappe.msgprint(__("Every document under way follows this workflow."));
		return;
	}
	const dialog = nmedia.dialog({
		title: __("Documents under Way"),
		size: "large",
		fields: [{ fieldname: "rows", fieldtype: "HTML", options: get_html(rows) }],
		primary_action_label: __("Let Them Finish as They Began"),
		primary_action: () => dialog.hide(),
		secondary_action_label: __("Move Them to This Workflow"),
		secondary_action: () => move(frm, dialog, rows),
	});
	dialog.get_secondary_btn().toggle(rows.some((row) => row.place));
	await messages_are_read();
	dialog.show();
}

/** Wait until what the server said of the workflow is closed: the dialog would lie behind it. */
function messages_are_read() {
	const { msg_dialog } = frappe;
	// as soon as it opens: `display` is set only once it has faded in
	if (!msg_dialog?.$wrapper.data("bs.modal")?._isShown) return Promise.resolve();
	return new Promise((resolve) => msg_dialog.$wrapper.one("hidden.bs.modal", resolve));
}

function get_html(rows) {
	const escape = (text) => frappe.utils.escape_html(text || "");
	const lines = rows.map(
		({ workflow, state, count, place }) => `<tr>
			<td>${escape(__(workflow))}</td>
			<td>${escape(__(state))}</td>
			<td class="text-right">${count}</td>
			<td>${place ? escape(__(place)) : escape(__("has no place there: it stays"))}</td>
		</tr>`
	);
	return `<p>${__("These documents began under another workflow and finish on it, unless you move them.")}
		${__("What is under review begins the review anew: moving approves nothing.")}</p>
		<table class="table table-bordered nmedia-elsewhere">
			<thead><tr>
				<th>${__("Workflow")}</th>
				<th>${__("Status")}</th>
				<th class="text-right">${__("How Many")}</th>
				<th>${__("Goes on here as")}</th>
			</tr></thead>
			<tbody>${lines.join("")}</tbody>
		</table>`;
}

/** Move all that have a place here, few in a request, and say what could not be moved and why. */
async function move(frm, dialog, rows) {
	dialog.get_primary_btn().prop("disabled", true);
	dialog.get_secondary_btn().prop("disabled", true);
	const total = rows.reduce((sum, row) => sum + (row.place ? row.count : 0), 0);
	const failures = [];
	let moved = 0;
	for (;;) {
		const result = await frappe.xcall("nmedia_app.workflow_api.move_documents", {
			workflow: frm.doc.name,
			failed: failures.map((failure) => failure.name),
		});
		moved += result.moved;
		failures.push(...result.failures);
		frappe.show_progress(__("Documents under Way"), moved + failures.length, total);
		if (!result.moved && !result.failures.length) break;
	}
	frappe.hide_progress();
	dialog.hide();
	frappe.msgprint({
		title: __("Documents under Way"),
		indicator: failures.length ? "orange" : "green",
		message: [
			__("{0} documents follow this workflow now.", [moved]),
			...failures.map(({ name, reason }) => `${frappe.utils.escape_html(name)}: ${reason}`),
		].join("<br>"),
	});
}

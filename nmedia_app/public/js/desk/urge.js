frappe.provide("nmedia.urge");

// stages in which a document may wait for others
const WAITING = ["In Review", "Unit Meeting", "Approved"];

/** Show authors and chief whom the document waits for, with a button to ask these to hurry. */
nmedia.urge.refresh = (frm) => {
	remove_line(frm);
	if (frm.is_new() || !WAITING.includes(frm.doc.stage)) return;
	const { doctype, docname, doc } = frm;
	const state = doc.workflow_state;
	frappe.xcall("nmedia_app.api.get_wait", { doctype, name: docname }).then((wait) => {
		// meanwhile the form may show another document, or this one in another state
		if (wait && frm.docname === docname && frm.doc.workflow_state === state)
			show_line(frm, wait);
	});
};

function show_line(frm, wait) {
	remove_line(frm);
	const since = frappe.datetime.str_to_user(wait.since);
	const $line = $(`<div class="nmedia-waiting"><span></span></div>`);
	$line
		.find("span")
		.text(__("Waiting for: {0}, since {1}", [wait.names, since]))
		.attr("title", frappe.datetime.prettyDate(wait.since));
	if (wait.next_urge) {
		const next = frappe.datetime.str_to_user(wait.next_urge);
		$(`<small></small>`)
			.text(__("Urged; possible again from {0}", [next]))
			.appendTo($line);
	} else {
		$(`<button type="button" class="btn btn-default btn-sm"></button>`)
			.text(__("Urge"))
			.on("click", (event) => urge(frm, $(event.currentTarget)))
			.appendTo($line);
	}
	frm.layout.wrapper.prepend($line);
}

function urge(frm, $button) {
	$button.prop("disabled", true);
	frappe
		.xcall("nmedia_app.api.urge", { doctype: frm.doctype, name: frm.docname })
		.then((names) => {
			frappe.show_alert({ message: __("Urged: {0}", [names]), indicator: "green" });
			if (!frm.is_dirty()) frm.reload_doc(); // the timeline tells of it
		})
		.finally(() => nmedia.urge.refresh(frm));
}

function remove_line(frm) {
	frm.layout.wrapper.children(".nmedia-waiting").remove();
}

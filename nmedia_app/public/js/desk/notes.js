frappe.provide("nmedia.notes");

/**
 * Show above a form's fields what the endpoint `method` tells of its document: `render(notes)` returns the parts
 * as HTML. Resolves to the element, or null if there is nothing to show.
 */
nmedia.notes.show = (frm, method, render) => {
	clear(frm);
	if (frm.is_new()) return Promise.resolve(null);
	const name = frm.docname;
	return frappe.xcall(method, { name }).then((notes) => {
		if (frm.docname !== name) return null;
		clear(frm);
		const html = render(notes).join("");
		return html ? place(frm, $(`<div class="nmedia-notes">${html}</div>`)) : null;
	});
};

function clear(frm) {
	frm.layout.wrapper.children(".nmedia-notes").remove();
}

/** Below the buttons of the workflow, if there are any. */
function place(frm, $notes) {
	const $bar = frm.layout.wrapper.children(".nmedia-actions");
	if ($bar.length) $bar.after($notes);
	else frm.layout.wrapper.prepend($notes);
	return $notes;
}

frappe.provide("nmedia.publication");

/**
 * The dialog that registers what is out on an account: when, where, and a copy that is compared with the approved
 * text before anything is saved (Article 7). It takes the publishing step by itself with the last account.
 */
nmedia.publication.register = (frm) => {
	const accounts = frm.nmedia_notes?.unregistered || frm.doc.accounts.map((row) => row.account);
	const dialog = nmedia.dialog({
		title: __("Register Publication"),
		size: "large",
		fields: get_fields(frm, accounts),
	});
	dialog.nmedia_proceed = () => proceed(frm, dialog);
	dialog.show();
	offer_file(dialog);
	dialog.$wrapper.on("change", () => forget_comparison(dialog));
	dialog.$wrapper.on("change", "[data-fieldname=dropped] input", () => show_next_step(dialog));
	show_next_step(dialog);
	return new Promise(() => {}); // the step is taken by the server
};

/** A file chooser that speaks the desk's language: the browser's own speaks the browser's. */
function offer_file(dialog) {
	const $file = dialog.get_field("copy_file").$wrapper;
	$file.html(
		`<div class="nmedia-file">
			<button type="button" class="btn btn-default btn-sm">${__("Choose File")}</button>
			<span class="text-muted">${__("Or a file of the page (HTML, PDF, Word, text)")}</span>
			<input type="file" class="hidden" accept=".html,.htm,.pdf,.txt,.docx">
		</div>`
	);
	$file.on("click", "button", () => $file.find("input").trigger("click"));
	$file.on("change", "input", (event) => {
		$file.find("span").text(event.target.files[0]?.name || "");
	});
}

// no field is `reqd` or depends on another: the platform's dialog then redraws fields while one types in them
function get_fields(frm, accounts) {
	return [
		{
			fieldname: "account",
			fieldtype: "Select",
			label: __("Media Account"),
			options: accounts,
			default: accounts[0],
		},
		{ fieldname: "column_break_time", fieldtype: "Column Break" },
		{
			fieldname: "published_on",
			fieldtype: "Datetime",
			label: __("Time of Publication"),
			default: frappe.datetime.now_datetime(),
			hide_timezone: 1,
		},
		{ fieldname: "where_section", fieldtype: "Section Break" },
		{
			fieldname: "address",
			fieldtype: "Data",
			label: __("Address or Message ID"),
		},
		{
			fieldname: "copy_text",
			fieldtype: "Small Text",
			label: __("Text as Published"),
			description: __("Paste the whole text of what is out, its byline included."),
		},
		{ fieldname: "copy_file", fieldtype: "HTML" },
		{
			fieldname: "dropped",
			fieldtype: "Check",
			label: __("It is not published on this account after all"),
		},
		{ fieldname: "result", fieldtype: "HTML" },
		{
			fieldname: "explanation",
			fieldtype: "Small Text",
			label: __("Explanation"),
			hidden: 1,
		},
	];
}

/** What a comparison is made of, to tell whether it has to be made again: the platform's fields report changes
 * that are none. */
function get_compared(dialog) {
	const file = get_file(dialog);
	const values = ["account", "published_on", "copy_text"].map((field) =>
		dialog.get_value(field)
	);
	return JSON.stringify([...values, file?.name, file?.size, file?.lastModified]);
}

function forget_comparison(dialog) {
	if (!dialog.nmedia_compared || dialog.nmedia_compared === get_compared(dialog)) return;
	dialog.nmedia_compared = null;
	dialog.get_field("result").$wrapper.empty();
	dialog.custom_actions?.empty();
	show_next_step(dialog);
}

/** Name the button after what it does now; what differs, or is not published at all, has to be explained. */
function show_next_step(dialog) {
	const dropped = dialog.get_value("dropped");
	let label = __("Compare");
	if (dropped) label = __("Register");
	else if (dialog.nmedia_compared) label = __("Register with Explanation");
	dialog.set_primary_action(label, dialog.nmedia_proceed);
	for (const fieldname of ["published_on", "address", "copy_text", "copy_file"])
		dialog.set_df_property(fieldname, "hidden", dropped ? 1 : 0);
	dialog.set_df_property("explanation", "hidden", dropped || dialog.nmedia_compared ? 0 : 1);
}

/** First compare, then register: nothing is saved that the user has not seen compared. */
async function proceed(frm, dialog) {
	const values = dialog.get_values();
	if (values.dropped || dialog.nmedia_compared) {
		if ((values.explanation || "").trim()) return send(frm, dialog, values);
		frappe.show_alert({ message: __("Please give the explanation."), indicator: "orange" });
		return;
	}
	if (!values.published_on || !(values.address || "").trim()) {
		frappe.show_alert({
			message: __("Please say when it was published and where."),
			indicator: "orange",
		});
		return;
	}
	const answer = await frappe.xcall("nmedia_app.api.compare_copy", {
		name: frm.docname,
		account: values.account,
		published_on: values.published_on,
		copy_text: values.copy_text,
		...(await read_file(dialog)),
	});
	if (!answer.in_order) return show_differences(frm, dialog, answer);
	frappe.show_alert({ message: __("Text and byline are as approved."), indicator: "green" });
	return send(frm, dialog, values);
}

function show_differences(frm, dialog, answer) {
	dialog.nmedia_compared = get_compared(dialog);
	dialog.get_field("result").$wrapper.html(
		`<div class="alert alert-danger nmedia-findings">
			<strong>${__("What is out is not what was approved.")}</strong>
			${frappe.utils.escape_html(answer.findings).replace(/\n/g, "<br>")}
		</div>${nmedia.comparison.as_html(answer.pieces)}`
	);
	dialog.custom_actions?.empty();
	dialog.add_custom_action(__("Have It Reviewed Again"), () =>
		send(frm, dialog, { ...dialog.get_values(), review_again: 1 })
	);
	show_next_step(dialog);
	dialog.get_field("result").$wrapper[0].scrollIntoView({ block: "center" });
}

async function send(frm, dialog, values) {
	const doc = await frappe.xcall("nmedia_app.api.register_publication", {
		name: frm.docname,
		modified: frm.doc.modified,
		account: values.account,
		published_on: values.published_on,
		address: values.address,
		copy_text: values.copy_text,
		explanation: values.explanation,
		review_again: values.review_again || 0,
		dropped: values.dropped || 0,
		...(await read_file(dialog)),
	});
	dialog.hide();
	frappe.model.sync(doc);
	frm.refresh();
	const revision = (doc.publications || []).slice(-1)[0]?.revision;
	if (revision) frappe.set_route("Form", frm.doctype, revision);
	else frappe.show_alert({ message: __("Registered."), indicator: "green" });
}

function get_file(dialog) {
	return dialog.get_field("copy_file").$wrapper.find("input")[0]?.files[0];
}

/** The chosen file as the server takes it; nothing if none was chosen. */
function read_file(dialog) {
	const file = get_file(dialog);
	if (!file) return {};
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () =>
			resolve({ file_name: file.name, file_content: reader.result.split(",").pop() });
		reader.onerror = () => reject(reader.error);
		reader.readAsDataURL(file);
	});
}

frappe.ui.form.on("Closure Task", {
	onload: nmedia.hide_time_zones,

	refresh(frm) {
		$(frm.wrapper).addClass("nmedia-form");
		nmedia.translate_history(frm);
		frm.disable_save();
		show_what_to_do(frm);
		nmedia.workflow.show_bar(frm, frm.doc.status === "To Be Closed" ? get_buttons(frm) : []);
	},
});

/** Editors file; the chief, who confirms what they file, and the General Office ask them to. */
function get_buttons(frm) {
	const buttons = [];
	const add = (label, run, is_primary = true) => buttons.push({ label, is_primary, run });
	if (!frm.doc.filing && frappe.model.can_create("Account Filing"))
		add(__("File the Deregistration"), () => begin_filing(frm));
	else if (!frm.doc.filing && may_ask())
		add(__("Ask to File the Deregistration"), () => ask_to_file(frm));
	if (may_grant()) add(__("Grant More Time"), () => grant_more_time(frm), false);
	return buttons;
}

function may_grant() {
	return frappe.user.has_role("New Media Unit Head");
}

function may_ask() {
	return frappe.user.has_role(["New Media Section Chief", "New Media General Office"]);
}

function ask_to_file(frm) {
	frappe
		.xcall("nmedia_app.audit_api.ask_to_file", { name: frm.docname })
		.then((names) =>
			frappe.show_alert({ message: __("Asked: {0}", [names]), indicator: "green" })
		);
}

/** Article 6: what is to be done, and how long there is time. */
function show_what_to_do(frm) {
	frm.set_intro("");
	const { status, due_on, filing, finished_on } = frm.doc;
	if (status !== "To Be Closed") {
		const when = frappe.datetime.str_to_user(finished_on);
		const text =
			status === "Lifted"
				? __("The audit was approved in the end ({0}): the account stays in use.", [when])
				: __("The account is closed, and the Publicity Department knows of it ({0}).", [
						when,
					]);
		frm.set_intro(text, "green");
		return;
	}
	const { text, colour } = nmedia.working_days.describe(due_on);
	const date = frappe.datetime.str_to_user(due_on);
	const task = __("The account is to be closed or deregistered by {0} (Article 6).", [date]);
	const how = filing
		? __(
				"Its deregistration is under way: it is done once it is reported with the proof of closing."
			)
		: say_how_to_file();
	const more = may_grant()
		? __("If it needs more time, you can grant it.")
		: __("If it needs more time, please ask the head of the unit.");
	frm.set_intro(`<strong>${text}</strong> ${task}<br>${how} ${more}`, colour);
}

function say_how_to_file() {
	if (frappe.model.can_create("Account Filing"))
		return __("Please file its deregistration, with the proof that it is closed.");
	return may_ask()
		? __("Please press “{0}”: its administrator files the deregistration.", [
				__("Ask to File the Deregistration"),
			])
		: __("Its administrator files the deregistration, with the proof that it is closed.");
}

function begin_filing(frm) {
	// not by route options: they leave out what a copy does not take along
	const filing = frappe.model.get_new_doc("Account Filing");
	Object.assign(filing, {
		filing_type: "Deregistration",
		account: frm.doc.account,
		section: frm.doc.section,
	});
	frappe.set_route("Form", filing.doctype, filing.name);
}

function grant_more_time(frm) {
	const [first, last] = frm.doc.__onload.bounds.map((day) => frappe.datetime.str_to_user(day));
	const dialog = nmedia.dialog({
		title: __("Grant More Time"),
		fields: [
			{
				fieldname: "about",
				fieldtype: "HTML",
				options: `<p class="text-muted">${frappe.utils.escape_html(frm.doc.title)}</p>`,
			},
			{
				fieldname: "due_on",
				fieldtype: "Date",
				label: __("New Last Day"),
				reqd: 1,
				description: `${__(
					"Until then the audit can be sent and approved, or the account closed."
				)} ${__("Possible: from {0} to {1}.", [first, last])}`,
			},
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
		],
		primary_action_label: __("Grant More Time"),
		primary_action({ due_on, reason }) {
			frappe
				.xcall("nmedia_app.audit_api.grant_more_time", {
					name: frm.docname,
					due_on,
					reason,
				})
				.then(() => {
					dialog.hide();
					frappe.show_alert({
						message: __("More time is granted."),
						indicator: "green",
					});
					frm.reload_doc();
				});
		},
	});
	dialog.show();
}

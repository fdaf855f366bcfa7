frappe.ui.form.on("Account Filing", {
	setup(frm) {
		frm.set_query("account", () => ({ filters: { status: ["in", nmedia.filing.LIVE] } }));
		frm.set_query("platform", () => ({ filters: { enabled: 1 } }));
		for (const fieldname of ["supervising_leader", "administrator", "commissioned_agent"]) {
			frm.set_query(fieldname, () => ({
				query: "nmedia_app.api.search_people",
				filters: { fieldname, section: frm.doc.section },
			}));
		}
	},

	onload(frm) {
		if (!frm.is_new()) return;
		nmedia.sections.choose_only(frm);
		if (frm.doc.account) fill_from_register(frm);
	},

	refresh(frm) {
		nmedia.workflow.refresh(frm);
		nmedia.annex.add_to_menu(frm);
		nmedia.word_import.add_to_menu(frm);
		nmedia.filing.name_handle(frm);
		nmedia.translate_history(frm);
		open_cells(frm);
		nmedia.filing.show_notes(frm);
	},

	before_workflow_action: nmedia.workflow.before_action,

	filing_type(frm) {
		if (frm.doc.filing_type === "Opening") begin_opening(frm);
		open_cells(frm);
		fill_from_register(frm);
	},

	account: (frm) => fill_from_register(frm),

	platform: (frm) => nmedia.filing.name_handle(frm),
});

function begin_opening(frm) {
	frm.set_value("account", "");
	if (!frm.doc.account_holder) frm.set_value("account_holder", "This Unit");
}

/** A change begins with what the register has; a closing repeats it. */
function fill_from_register(frm) {
	const { account, filing_type } = frm.doc;
	if (!frm.is_new() || !account || !filing_type || filing_type === "Opening") return;
	frappe
		.xcall("nmedia_app.api.get_register_values", { account })
		.then((values) => frm.doc.account === account && frm.set_value(values));
}

/** Which cells are open: none that the register gives, none that the approval closed. */
function open_cells(frm) {
	const is_closing = frm.doc.filing_type === "Deregistration";
	for (const fieldname of nmedia.filing.CELLS) {
		const is_late =
			frm.doc.docstatus === 1 && nmedia.filing.KNOWN_ONCE_OPENED.includes(fieldname);
		frm.set_df_property(
			fieldname,
			"read_only",
			is_closing || (is_late && !may_follow(frm, fieldname))
		);
	}
	const is_finished = nmedia.filing.is_finished(frm.doc);
	for (const fieldname of ["reported_on", "report_receipt", "closing_proof"])
		frm.set_df_property(fieldname, "read_only", is_finished);
	frm.set_df_property("section", "read_only", frm.doc.filing_type !== "Opening");
}

/** Of a new account, the platform gives its address only once it is opened: it may follow the approval. */
function may_follow(frm, fieldname) {
	const { filing_type, stage } = frm.doc;
	return filing_type === "Opening" && stage === "Approved" && !frm.doc[fieldname];
}

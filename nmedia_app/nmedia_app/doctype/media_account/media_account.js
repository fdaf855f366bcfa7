frappe.ui.form.on("Media Account", {
	setup(frm) {
		frm.set_query("platform", () => ({ filters: { enabled: 1 } }));
		for (const fieldname of ["supervising_leader", "administrator"]) {
			frm.set_query(fieldname, () => ({
				query: "nmedia_app.api.search_people",
				filters: { fieldname, section: frm.doc.section },
			}));
		}
	},

	refresh(frm) {
		nmedia.filing.name_handle(frm);
		nmedia.translate_history(frm);
		nmedia.annex.add_to_menu(frm);
		const is_live = nmedia.filing.LIVE.includes(frm.doc.status);
		if (frm.is_new() || !is_live) return;
		show_change_due(frm);
		if (!frappe.model.can_create("Account Filing")) return;
		frm.add_custom_button(__("File a Change"), () => begin(frm, "Change"));
		frm.add_custom_button(__("File the Deregistration"), () => begin(frm, "Deregistration"));
	},

	platform: (frm) => nmedia.filing.name_handle(frm),
});

function begin(frm, filing_type) {
	// not by route options: they leave out what a copy does not take along
	const filing = frappe.model.get_new_doc("Account Filing");
	Object.assign(filing, {
		filing_type,
		account: frm.docname,
		section: frm.doc.section,
		changed_on: filing_type === "Change" ? frm.doc.change_noted_on : null,
	});
	frappe.set_route("Form", filing.doctype, filing.name);
}

/** Article 5: somebody has left, and it is not filed yet. */
function show_change_due(frm) {
	frm.set_intro("");
	if (!frm.doc.change_due_on) return;
	const { text, colour } = nmedia.working_days.describe(frm.doc.change_due_on);
	const reason = frappe.utils.escape_html(frm.doc.change_reason || "");
	const advice = __("A change is to be filed and reported by {0} (Article 5).", [
		frappe.datetime.str_to_user(frm.doc.change_due_on),
	]);
	frm.set_intro(`<strong>${text}</strong> ${advice} ${reason}`, colour);
}

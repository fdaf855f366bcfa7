const STATUS_COLOURS = {
	"In Preparation": "blue",
	Active: "green",
	"Pending Closure": "orange",
	Closed: "gray",
	Deregistered: "gray",
};

frappe.listview_settings["Media Account"] = {
	add_fields: ["status", "change_due_on"],
	hide_name_column: true,
	get_indicator: (doc) => [__(doc.status), STATUS_COLOURS[doc.status], `status,=,${doc.status}`],
	onload(listview) {
		nmedia.list.add_badge(listview, (doc) => nmedia.filing.days_left(doc.change_due_on));
		nmedia.bundles.add_to_list(listview);
		add_import(listview.page);
	},
};

/** Offer to bring in the register from a spreadsheet, and the workbook to fill in. */
function add_import(page) {
	if (!frappe.model.can_create("Data Import")) return;
	page.add_menu_item(__("Import the Register"), () =>
		frappe.new_doc("Data Import", {
			reference_doctype: "Media Account",
			import_type: "Insert New Records",
		})
	);
	page.add_menu_item(__("Download Import Template"), () =>
		window.open("/api/method/nmedia_app.services.account_import.download_template")
	);
}

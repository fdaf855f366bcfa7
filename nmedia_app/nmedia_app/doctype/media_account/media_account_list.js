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
	onload: (listview) =>
		nmedia.list.add_badge(listview, (doc) => nmedia.filing.days_left(doc.change_due_on)),
};

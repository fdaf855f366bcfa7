frappe.ui.form.on("Custody Entry", {
	onload: nmedia.hide_time_zones,
});

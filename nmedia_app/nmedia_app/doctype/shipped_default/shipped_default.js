frappe.ui.form.on("Shipped Default", {
	refresh: (frm) => nmedia.defaults.show(frm),
});

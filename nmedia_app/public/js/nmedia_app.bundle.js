frappe.provide("nmedia");

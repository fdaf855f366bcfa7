frappe.query_reports["Media Account Register"] = {
	filters: [
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: ["", "In Preparation", "Active", "Pending Closure", "Closed", "Deregistered"],
		},
		{
			fieldname: "platform",
			label: __("Platform"),
			fieldtype: "Link",
			options: "Media Platform",
		},
		{
			fieldname: "section",
			label: __("Media Section"),
			fieldtype: "Link",
			options: "Media Section",
		},
		{
			fieldname: "account_holder",
			label: __("Account Holder"),
			fieldtype: "Select",
			options: ["", "This Unit", "Another Unit", "Personal"],
		},
	],
};

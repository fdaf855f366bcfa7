frappe.query_reports["Article Review Register"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			default: frappe.datetime.year_start(),
		},
		{
			fieldname: "to_date",
			label: __("To Date"),
			fieldtype: "Date",
			default: frappe.datetime.year_end(),
		},
		{
			fieldname: "section",
			label: __("Media Section"),
			fieldtype: "Link",
			options: "Media Section",
		},
		{
			fieldname: "stage",
			label: __("Stage"),
			fieldtype: "Select",
			options: ["", "In Review", "Returned", "Approved", "Published", "Withdrawn"],
		},
	],
};

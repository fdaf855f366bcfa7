frappe.query_reports["Filings Due and Overdue"] = {
	filters: [
		{
			fieldname: "section",
			label: __("Media Section"),
			fieldtype: "Link",
			options: "Media Section",
		},
		{ fieldname: "overdue", label: __("Overdue Only"), fieldtype: "Check" },
	],

	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname !== "days_left" || !data)
			return default_formatter(value, row, column, data);
		const { text, colour } = nmedia.working_days.describe(data.due_on);
		return `<span class="indicator-pill ${colour}">${text}</span>`;
	},
};

frappe.query_reports["Review Record Volume"] = {
	filters: [
		{
			fieldname: "volume",
			label: __("Volume"),
			fieldtype: "Int",
			default: Number(frappe.datetime.get_today().slice(0, 4)),
			reqd: 1,
		},
	],

	onload(report) {
		report.page.add_inner_button(__("Check the Chain"), check_chain);
		report.page.add_inner_button(__("Print Register (PDF)"), () => download(report, "pdf"));
		report.page.add_inner_button(__("Download Excel"), () => download(report, "xlsx"));
	},
};

function check_chain() {
	frappe.xcall("nmedia_app.api.check_custody").then((problems) =>
		frappe.msgprint({
			title: __("Check the Chain"),
			indicator: problems.length ? "red" : "green",
			message: problems.length
				? problems.map((problem) => frappe.utils.escape_html(problem)).join("<br>")
				: __("The chain is whole: no entry was changed, removed or inserted."),
		})
	);
}

function download(report, kind) {
	const method =
		"nmedia_app.nmedia_app.report.review_record_volume.review_record_volume.download";
	const volume = report.get_filter_value("volume");
	window.open(`/api/method/${method}?${$.param({ volume, kind })}`);
}

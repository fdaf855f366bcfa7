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
		report.page.add_inner_button(__("Check the Chain"), () => check_chain());
		report.page.add_inner_button(__("Check Against Paper"), check_against_paper);
		report.page.add_inner_button(__("Print Register (PDF)"), () => download(report, "pdf"));
		report.page.add_inner_button(__("Download Excel"), () => download(report, "xlsx"));
	},
};

/** A printed volume names the chain's last entry: a chain written anew as a whole does not have it any more. */
function check_against_paper() {
	frappe.prompt(
		{
			fieldname: "printed",
			fieldtype: "Data",
			label: __("Check Value"),
			description: __("It stands below the register in a printed volume."),
			reqd: 1,
		},
		({ printed }) => check_chain(printed),
		__("Check Against Paper"),
		__("Check")
	);
}

function check_chain(printed) {
	frappe.xcall("nmedia_app.api.check_custody", { printed }).then((problems) =>
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

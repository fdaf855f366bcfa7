frappe.ui.form.on("New Media Settings", {
	refresh(frm) {
		show_published_years(frm);
		if (frappe.user.has_role("System Manager")) nmedia.adjustments.add_to_menu(frm.page);
	},
});

/** Say for which years the holidays are known, and warn of the year that soon is needed and is not. */
function show_published_years(frm) {
	const [first, last] = frappe.boot.nmedia_calendar.published_years;
	const $notice = frm.get_field("calendar_notice").$wrapper.empty();
	const known = __("The holidays and make-up working days of {0} to {1} are known.", [
		first,
		last,
	]);
	$(`<div class="alert alert-info"></div>`).text(known).appendTo($notice);
	const next = Number(frappe.datetime.get_today().slice(0, 4)) + 1;
	if (last >= next) return;
	const years = last + 1 === next ? next : `${last + 1}–${next}`;
	const unknown = __(
		"Those of {0} are not known yet. Until then weekends and the holidays with a fixed date count as rest days. Please enter the others below as soon as the State Council has published them, usually in November.",
		[years]
	);
	$(`<div class="alert alert-warning"></div>`).text(unknown).appendTo($notice);
}

frappe.views.calendar["Article Review"] = {
	field_map: {
		id: "name",
		title: "title",
		start: "planned_publish_time",
		end: "planned_publish_time",
		allDay: "all_day",
	},
	get_events_method: "nmedia_app.api.get_planned_publications",
	options: {
		// the calendar's own words for days and months
		locale: frappe.boot.lang === "zh" ? "zh-cn" : frappe.boot.lang,
		displayEventEnd: false,
		// seven columns are too narrow on a phone: the month as a list of days
		...(frappe.is_mobile() ? { defaultView: "listMonth" } : {}),
		timeFormat: "HH:mm",
		selectable: frappe.model.can_create("Article Review"),
		// a day or time chosen becomes the planned time of a new article
		select: (start) =>
			frappe.new_doc("Article Review", {
				planned_publish_time: moment(start.start || start).format("YYYY-MM-DD HH:mm:ss"),
			}),
	},
};

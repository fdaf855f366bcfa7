frappe.provide("nmedia");

// The house has one time zone: the platform names it, in English, below each time.
nmedia.hide_time_zones = (frm) => {
	for (const { fieldtype, fieldname } of frm.meta.fields)
		if (fieldtype === "Datetime") frm.set_df_property(fieldname, "hide_timezone", 1);
};

// States are shown in the user's language wherever a list or report shows them as a link.
frappe.form.link_formatters["Workflow State"] = (state) => __(state);

// The platform advertises another product below each report, in English only.
localStorage.setItem("show_insights_banner", "false");

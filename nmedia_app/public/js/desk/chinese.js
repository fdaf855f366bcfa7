// States are shown in the user's language wherever a list or report shows them as a link.
frappe.form.link_formatters["Workflow State"] = (state) => __(state);

// The platform advertises another product below each report, in English only.
localStorage.setItem("show_insights_banner", "false");

frappe.provide("nmedia.account_name_check");

frappe.pages["account-name-check"].on_page_load = (wrapper) => {
	frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Account Name Check"),
		single_column: true,
	});
	nmedia.account_name_check.show($(wrapper).find(".layout-main-section"));
};

frappe.pages["account-name-check"].on_page_show = (wrapper) => {
	$(wrapper).find(".nmedia-name-input").trigger("focus");
};

/** Draw the page: a name is checked while it is typed; what the server says is shown as text, not as HTML. */
nmedia.account_name_check.show = ($parent) => {
	const $page = $(`
		<div class="nmedia-name-check">
			<label for="nmedia-name"></label>
			<input id="nmedia-name" class="nmedia-name-input form-control" maxlength="140" autocomplete="off">
			<div class="nmedia-name-verdict" role="status" aria-live="polite"></div>
			<h4></h4>
			<blockquote></blockquote>
			<h4></h4>
			<ul class="nmedia-reserved-names"></ul>
			<p class="text-muted"></p>
		</div>
	`).appendTo($parent);
	const headings = $page.find("h4");
	$page.find("label").text(__("Name of the account"));
	$page
		.find("input")
		.attr("placeholder", __("Type a name, and see at once whether it may be used"));
	headings.eq(0).text(__("What Article 5 Says"));
	$page
		.find("blockquote")
		.text(
			__(
				"Article 5: no new media account that an individual runs may carry the name of Northwestern Polytechnical University, its short form, or the name of its informatization division; whoever runs it answers for what is published there."
			)
		);
	headings.eq(1).text(__("Reserved Names"));
	$page
		.find("p")
		.text(
			__(
				"Full-width and traditional characters, letters that look alike, spaces and other separators make no difference."
			)
		);

	let latest = 0; // answers may overtake each other
	const check = () => {
		const name = $page.find("input").val();
		const number = ++latest;
		return frappe.xcall("nmedia_app.api.check_account_name", { name }).then((answer) => {
			if (number !== latest) return;
			show_reserved_names($page, answer.reserved_names, answer.found);
			show_verdict($page.find(".nmedia-name-verdict"), name.trim(), answer.found);
		});
	};
	$page.find("input").on("input", frappe.utils.debounce(check, 250));
	check();
};

function show_reserved_names($page, names, found) {
	const $names = $page.find(".nmedia-reserved-names").empty();
	for (const name of names) {
		$(`<li></li>`)
			.text(name)
			.toggleClass("is-found", name === found)
			.appendTo($names);
	}
}

function show_verdict($verdict, name, found) {
	$verdict.empty().removeClass("is-free is-reserved");
	if (!name) return;
	$verdict.addClass(found ? "is-reserved" : "is-free");
	const title = found
		? __("An individual's account may not carry this name")
		: __("An individual's account may carry this name");
	const reason = found
		? __(
				"It contains the reserved name “{0}”. An account of the unit is discussed by the division's meeting and registered first.",
				[found]
			)
		: __("It contains none of the reserved names. Whoever runs the account answers for it.");
	$verdict.append(frappe.utils.icon(found ? "close" : "tick", "md"));
	$(`<div><strong></strong><span></span></div>`)
		.appendTo($verdict)
		.find("strong")
		.text(title)
		.end()
		.find("span")
		.text(reason);
}

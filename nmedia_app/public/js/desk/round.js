frappe.provide("nmedia.audit_round");

const API = "nmedia_app.audit_api";
const escape = frappe.utils.escape_html;
//: what a section's line counts, as the server names it
const COLUMNS = () => [
	["total", __("Accounts")],
	["filed", __("Filed")],
	["gathered", __("Gathered")],
	["approved", __("Approved")],
	["rejected", __("Rejected")],
	["missing", __("Missing")],
	["deregistered", __("Deregistered")],
	["dormant", __("Dormant")],
];
const SHARE_COLOURS = {
	Draft: "#b8c2cc",
	Returned: "#e8845f",
	Approved: "#38a169",
	Rejected: "#c53030",
};
const ENDED_COLOUR = "#4a5568";
const WAITING_COLOURS = ["#ecc94b", "#ed8936", "#4299e1", "#805ad5", "#38b2ac"];
//: whose the package is, as the server has it
const MAKES_PACKAGE = ["New Media General Office"];
const FETCHES_PACKAGE = [
	...MAKES_PACKAGE,
	"New Media Unit Head",
	"New Media Division Leader",
	"System Manager",
];
const OUTDATED = () =>
	__("Audits, or the register's entries of their accounts, changed after the package was made.");
// while audits are being opened, the overview asks how far it is
const ASK_AGAIN = 3000;

/** Draw how far a round is: counts, charts, who is missing, and what the user may do about it. */
nmedia.audit_round.show_overview = (frm) => {
	clearTimeout(frm.nmedia_timer);
	if (frm.is_new()) return;
	const name = frm.docname;
	frappe.xcall(`${API}.get_round_overview`, { name }).then((overview) => {
		// meanwhile the form may show another round
		if (frm.docname !== name || !frm.fields_dict.overview) return;
		Object.assign(frm.doc, overview.package); // noted by a worker, without a change of the form
		draw(frm, overview);
		const [done, total] = overview.progress;
		const is_busy = done < total || overview.is_being_made || overview.is_falling_due;
		// once more when it is over: what the server answered may be of the moment before
		const ask_again = is_busy || frm.nmedia_was_busy;
		frm.nmedia_was_busy = is_busy;
		if (ask_again && frm.wrapper === cur_frm?.wrapper)
			frm.nmedia_timer = setTimeout(() => {
				if (cur_frm === frm && frappe.get_route()[2] === name)
					nmedia.audit_round.show_overview(frm);
			}, ASK_AGAIN);
	});
};

function draw(frm, overview) {
	const $wrapper = frm.fields_dict.overview.$wrapper;
	const is_empty = !overview.total.total;
	frm.nmedia_chart?.destroy(); // or it goes on listening to the window, without a place to draw in
	frm.nmedia_chart = null;
	$wrapper.html(`<div class="nmedia-round">
		${progress_html(overview)}
		${tiles_html(overview.total)}
		${is_empty ? empty_html(frm) : ""}
		${tools_html(frm, overview, is_empty)}
		<div class="nmedia-round-charts"></div>
		${is_empty ? "" : sections_html(overview)}
		${tasks_html(overview)}
		${package_html(frm, overview)}
	</div>`);
	if (!is_empty) frm.nmedia_chart = draw_charts($wrapper.find(".nmedia-round-charts"), overview);
	listen(frm, $wrapper, overview);
}

function progress_html({ progress: [done, total], may_go_on }) {
	if (done >= total) return "";
	const button = may_go_on
		? `<button type="button" class="btn btn-default btn-sm" data-do="go-on">${__(
				"Go on"
			)}</button>`
		: "";
	return `<div class="nmedia-round-opening"><strong>${__("The audits are being opened")}</strong>
		${nmedia.audit.progress_html(__("{0} of {1}", [done, total]), Math.floor((100 * done) / total))}
		${button}</div>`;
}

function tiles_html(total) {
	const tiles = COLUMNS().map(
		([
			key,
			label,
		]) => `<div class="nmedia-tile nmedia-tile-${key} ${total[key] ? "" : "is-none"}">
			<span class="nmedia-tile-number">${format_number(total[key], null, 0)}</span>
			<span class="nmedia-tile-label">${label}</span></div>`
	);
	return `<div class="nmedia-tiles">${tiles.join("")}</div>`;
}

function empty_html(frm) {
	const text =
		frm.doc.stage === "Draft"
			? __("The audits are opened with the round: one for each account in use.")
			: __("There is no audit here that you see.");
	return `<p class="text-muted">${text}</p>`;
}

function tools_html(frm, overview, is_empty) {
	if (is_empty) return "";
	const to_decide = overview.may_decide
		.map((state) => ({ state, count: count_in_state(overview, state) }))
		.filter(({ count }) => count);
	const decisions = to_decide.length
		? `<span class="nmedia-round-decide">
			<select class="form-control input-xs" data-choice="section" aria-label="${__("Media Section")}">
				<option value="">${__("All sections")}</option>
				${overview.sections.map(({ section }) => `<option>${escape(section)}</option>`).join("")}
			</select>
			<select class="form-control input-xs" data-choice="state" aria-label="${__("Status")}">
				${to_decide.map(state_option).join("")}
			</select>
			<button type="button" class="btn btn-primary btn-sm" data-do="decide">${__(
				"Decide Together"
			)}</button></span>`
		: "";
	const urge = overview.may_urge_all ? button("urge-all", __("Urge All Missing")) : "";
	const out = overview.may_export ? button("export", __("Export (.xlsx)")) : "";
	const list = button("list", __("Show as List"));
	return `<div class="nmedia-round-tools">${decisions}<span class="nmedia-round-buttons">${urge}${out}${list}
		</span></div>`;
}

/** How many audits of accounts that are still there wait in a state: of a section, or of all. */
function count_in_state({ states }, state, section = null) {
	return states
		.filter((row) => row.state === state && (!section || row.section === section))
		.reduce((sum, row) => sum + row.count, 0);
}

function state_option({ state, count }) {
	return `<option value="${escape(state)}">${__(state)}（${count}）</option>`;
}

function button(what, label, data = "") {
	return `<button type="button" class="btn btn-default btn-sm" data-do="${what}" ${data}>${label}</button>`;
}

function sections_html(overview) {
	const { may_urge } = overview;
	const rows = overview.sections.map((row) => {
		const may = may_urge[row.section]; // somebody there can still send
		const counts = COLUMNS().map(
			([key]) =>
				`<td class="nmedia-count ${row[key] ? `is-${key}` : "is-none"}">${row[key]}</td>`
		);
		return `<tr><td>${escape(row.section)}</td>${counts.join("")}
			<td>${waiting_html(row)}</td>
			<td>${may ? button("urge", __("Urge"), `data-section="${escape(row.section)}"`) : ""}</td></tr>`;
	});
	const heads = [
		__("Media Section"),
		...COLUMNS().map(([_key, label]) => label),
		__("Accounts without a Filed Audit"),
		"",
	];
	return `<div class="nmedia-round-scroll"><table class="table table-bordered nmedia-round-sections">
		<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
		<tbody>${rows.join("")}</tbody></table></div>`;
}

function waiting_html({ waiting, missing }) {
	const links = waiting.map(({ name, account_name, platform, administrator_name, stage }) => {
		const returned = stage === "Returned" ? `（${__("Returned")}）` : "";
		const hint = administrator_name || __("No administrator");
		const link = frappe.utils.get_form_link("Annual Audit", name);
		const account = escape(`${account_name}（${platform}）`);
		return `<a href="${link}" title="${escape(hint)}">${account}</a>${returned}`;
	});
	const others = missing - waiting.length;
	const more = others > 0 ? ` ${__("and {0} more", [others])}` : "";
	return links.join("、") + more || `<span class="text-muted">${__("None")}</span>`;
}

/** Accounts that are still to be closed are shown until they are (Article 6). */
function tasks_html({ tasks, is_falling_due }) {
	if (!tasks.length && !is_falling_due) return "";
	const more = is_falling_due ? `<p>${__("The accounts to close are being listed")} …</p>` : "";
	return `<h5>${__("Accounts to Close (Article 6)")}</h5>
		${tasks.length ? tasks_table_html(tasks) : ""}${more}`;
}

function tasks_table_html(tasks) {
	const rows = tasks.map((task) => {
		const { text, colour } = nmedia.working_days.describe(task.due_on);
		return `<tr><td><a href="${frappe.utils.get_form_link("Closure Task", task.name)}">${escape(
			task.title
		)}</a></td>
			<td>${escape(task.section || "")}</td><td>${__(task.reason)}</td>
			<td>${escape(task.chief_name || "")}</td>
			<td>${frappe.datetime.str_to_user(task.due_on)} <span class="indicator-pill ${colour}">${text}</span></td>
			<td>${task.filing ? __("Deregistration under way") : __("Not filed yet")}</td></tr>`;
	});
	const heads = [
		__("Account to Close"),
		__("Media Section"),
		__("Why"),
		__("Section Chief"),
		__("To Be Closed By"),
		__("Deregistration"),
	];
	return `<div class="nmedia-round-scroll"><table class="table table-bordered nmedia-round-tasks">
		<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
		<tbody>${rows.join("")}</tbody></table></div>`;
}

/** Once a round is closed: the package for the Publicity Department, and what comes after it. */
function package_html(frm, { is_being_made, is_outdated }) {
	const { stage, package_made_on, package_digest, package_size } = frm.doc;
	if (!["Closed", "Reported"].includes(stage)) return "";
	const heading = `<h5>${__("Package for the Publicity Department")}</h5>`;
	if (is_being_made)
		return `<div class="nmedia-round-package">${heading}<p>${__("Making the package")} …</p></div>`;
	const may = frappe.user.has_role(MAKES_PACKAGE) && frm.perm[0].write;
	const made = package_digest
		? `<p>${__("Made on {0}, {1} MB.", [
				frappe.datetime.str_to_user(package_made_on),
				format_number((package_size || 0) / 1024 / 1024, null, 1),
			])}<br><span class="text-muted">${__("Digest")} <code>${escape(package_digest)}</code></span></p>`
		: `<p class="text-muted">${__("The package is not made yet.")}</p>`;
	const outdated = is_outdated
		? `<div class="alert alert-warning nmedia-outdated">${OUTDATED()} ${
				may ? __("Please make it again, and hand in the new one.") : ""
			}</div>`
		: "";
	const next =
		stage === "Closed" && may
			? `<p>${__(
					"Next: make the package, hand it in to the Publicity Department, enter date and receipt below, save, and press “Mark as Reported” above."
				)}</p>`
			: "";
	const make = stage === "Closed" && may ? button("make-package", __("Make the Package")) : "";
	const download =
		package_digest && frappe.user.has_role(FETCHES_PACKAGE)
			? button("download-package", __("Download the Package"))
			: "";
	return `<div class="nmedia-round-package">${heading}
		${next}${made}${outdated}<span class="nmedia-round-buttons">${make}${download}</span></div>`;
}

/** Draw both charts; returns the one that follows the window's size, to be destroyed with its element. */
function draw_charts($charts, overview) {
	$charts.html(`<div><h5>${__("By section")}</h5><div class="nmedia-chart"></div></div>
		<div><h5>${__("Share of each status")}</h5><div class="nmedia-chart"></div></div>`);
	const [by_section, share] = $charts.find(".nmedia-chart").get();
	const states = [...new Set(overview.states.map((row) => row.state))];
	const sections = overview.sections.map((row) => row.section);
	const count = (state, section) => count_in_state(overview, state, section);
	const colors = choose_colours(states, overview.stages);
	const chart = new frappe.Chart(by_section, {
		type: "bar",
		height: 220,
		colors,
		animate: 0,
		disableEntryAnimation: 1, // meanwhile it could not be drawn anew
		showLegend: 0,
		barOptions: { stacked: 1, spaceRatio: sections.length > 3 ? 0.4 : 0.7 },
		axisOptions: { xAxisMode: "tick" },
		data: {
			labels: sections,
			datasets: states.map((state) => ({
				name: name_of(state),
				values: sections.map((section) => count(state, section)),
			})),
		},
	});
	$(share).html(
		states
			.map((state, i) => share_html(state, count(state), overview.total.total, colors[i]))
			.join("")
	);
	return chart;
}

/** A state's part of all audits: also the legend of the chart beside it. */
function share_html(state, count, total, colour) {
	const percent = Math.round((100 * count) / total);
	return `<div class="nmedia-share"><span class="nmedia-share-label">
			<i style="background: ${colour}"></i>${name_of(state)}</span>
		<span class="nmedia-share-bar"><b style="width: ${percent}%; background: ${colour}"></b></span>
		<span class="nmedia-share-number">${count}（${percent}%）</span></div>`;
}

/** A state in words; none is of accounts that were closed before their audits were decided on. */
function name_of(state) {
	return state ? __(state) : __("Deregistered");
}

/** A colour for each state by what it means, not by what it is called. */
function choose_colours(states, stages) {
	let waiting = 0;
	return states.map(
		(state) =>
			(state ? SHARE_COLOURS[stages[state]] : ENDED_COLOUR) ||
			WAITING_COLOURS[waiting++ % WAITING_COLOURS.length]
	);
}

function listen(frm, $wrapper, overview) {
	const name = frm.docname;
	const again = () => nmedia.audit_round.show_overview(frm);
	const urge = (section) =>
		frappe
			.xcall(`${API}.urge_missing`, { name, section })
			.then((names) =>
				frappe.show_alert({ message: __("Urged: {0}", [names]), indicator: "green" })
			);
	const actions = {
		"go-on": () =>
			frappe.xcall(`${API}.go_on_opening`, { name }).then(() => {
				frappe.show_alert({ message: __("The opening goes on."), indicator: "green" });
				again();
			}),
		"urge-all": () =>
			frappe.confirm(
				__("Remind everybody whose audits are missing ({0} audits)?", [
					Object.values(overview.may_urge).reduce((sum, count) => sum + count, 0),
				]),
				() => urge()
			),
		urge: ({ section }) => urge(section),
		export: () => window.open(`/api/method/${API}.download_overview?${$.param({ name })}`),
		list: () => frappe.set_route("List", "Annual Audit", "List", { round: name }),
		decide: () => decide(frm, $wrapper),
		"make-package": () =>
			frappe.xcall("nmedia_app.package_api.make_package", { name }).then(() => {
				frappe.show_alert({
					message: __("The package is being made: you see here how far it is."),
					indicator: "blue",
				});
				again();
			}),
		"download-package": () =>
			overview.is_outdated
				? frappe.confirm(`${OUTDATED()}<br>${__("Download it all the same?")}`, () =>
						download_package(name)
					)
				: download_package(name),
	};
	$wrapper.off("click.nmedia").on("click.nmedia", "[data-do]", ({ currentTarget }) => {
		const $button = $(currentTarget).prop("disabled", true);
		const done = actions[currentTarget.dataset.do](currentTarget.dataset);
		Promise.resolve(done).finally(() => $button.prop("disabled", false));
	});
}

function download_package(name) {
	window.open(`/api/method/nmedia_app.package_api.download_package?${$.param({ name })}`);
}

/** Decide together on the audits of a section and status. */
function decide(frm, $wrapper) {
	const choice = (what) => $wrapper.find(`[data-choice=${what}]`).val() || null;
	return frappe
		.xcall(`${API}.get_round_audits`, {
			name: frm.docname,
			section: choice("section"),
			state: choice("state"),
		})
		.then(({ names, total }) =>
			nmedia.audit.decide(
				names,
				() => nmedia.audit_round.show_overview(frm),
				total - names.length
			)
		);
}

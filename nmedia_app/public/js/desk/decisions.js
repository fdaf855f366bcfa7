frappe.provide("nmedia.audit");

// what one request decides on: it stays short, and the dialog shows how far it is
const CHUNK = 20;
const escape = frappe.utils.escape_html;

/**
 * Decide on several audits together, each seen in the dialog as it is decided on (Article 6). What is refused
 * is read again and stays in the dialog. `on_done()` is called when the dialog closes after a decision;
 * `more` more audits wait for the next time.
 */
nmedia.audit.decide = (names, on_done = () => {}, more = 0) => {
	if (!names.length) {
		frappe.msgprint(__("There is no audit to decide on."));
		return;
	}
	new Decision(names, on_done, more).start();
};

class Decision {
	constructor(names, on_done, more) {
		Object.assign(this, { names, on_done, more, audits: [], left_out: new Set(), decided: 0 });
	}

	async start() {
		this.dialog = nmedia.dialog({
			title: __("Decide on Several Audits"),
			size: "extra-large",
			fields: [
				{ fieldname: "audits", fieldtype: "HTML" },
				{
					fieldname: "action",
					fieldtype: "Select",
					label: __("What to Decide"),
					hidden: 1,
				},
				{
					fieldname: "opinion",
					fieldtype: "Small Text",
					label: __("Review Opinion"),
					hidden: 1,
				},
				{ fieldname: "declared", fieldtype: "Check", hidden: 1 },
			],
			primary_action_label: __("Decide"),
			primary_action: (values) => this.take(values),
			onhide: () => this.decided && this.on_done(),
		});
		this.dialog.$wrapper.addClass("nmedia-decision");
		this.dialog.get_primary_btn().prop("disabled", true);
		this.dialog.get_field("action").df.onchange = () => this.choose();
		this.dialog.show();
		this.audits = await this.read(this.names);
		this.offer();
	}

	get $body() {
		return this.dialog.get_field("audits").$wrapper;
	}

	/** Read audits chunk by chunk, as they are now. */
	async read(names) {
		const audits = [];
		for (const chunk of in_chunks(names)) {
			this.show_progress(__("Reading"), audits.length, names.length);
			audits.push(
				...(await frappe.xcall("nmedia_app.audit_api.get_audits_to_decide", {
					names: chunk,
				}))
			);
		}
		return audits;
	}

	show_progress(what, done, total) {
		const percent = total ? Math.round((100 * done) / total) : 0;
		this.$body.find(".nmedia-progress").remove();
		this.$body.prepend(
			nmedia.audit.progress_html(`${what} ${__("{0} of {1}", [done, total])}`, percent)
		);
	}

	/** Offer every step that is possible for at least one of the audits, with how many; what is chosen stays. */
	offer() {
		const chosen = this.action;
		const actions = new Map();
		for (const audit of this.audits)
			for (const step of audit.actions)
				actions.set(step.action, [...(actions.get(step.action) || []), audit]);
		const options = [...actions].map(([action, audits]) => ({
			value: action,
			label: __("{0} ({1} audits)", [__(action), audits.length]),
		}));
		const field = this.dialog.get_field("action");
		field.df.hidden = options.length ? 0 : 1;
		field.df.options = options;
		field.refresh();
		if (options.length) field.set_input((actions.has(chosen) && chosen) || options[0].value);
		this.choose();
	}

	get action() {
		return this.dialog.get_field("action").get_input_value() || "";
	}

	get_step(audit) {
		return audit.actions.find((step) => step.action === this.action);
	}

	/** What the chosen step asks for: a reason, an opinion, a declaration; which audits cannot take it. */
	choose() {
		const step = this.audits.map((audit) => this.get_step(audit)).find(Boolean);
		if (step && this.shown_action !== this.action) {
			const opinion = this.dialog.get_field("opinion");
			Object.assign(opinion.df, {
				hidden: step.opinion_expected ? 0 : 1,
				reqd: step.opinion_required ? 1 : 0,
				label: step.opinion_required ? __("Reason") : __("Review Opinion"),
				description: __("It is recorded with each of the audits."),
			});
			opinion.refresh();
			opinion.set_input(step.suggested_opinion || "");
			opinion.value = step.suggested_opinion || "";
			const declared = this.dialog.get_field("declared");
			declared.df.hidden = step.declaration ? 0 : 1;
			declared.df.label = escape(step.declaration || "");
			declared.refresh();
		}
		this.shown_action = this.action;
		this.draw();
	}

	get chosen() {
		return this.audits.filter(
			(audit) => this.get_step(audit) && !this.left_out.has(audit.name)
		);
	}

	draw() {
		const more = this.more
			? `<p class="text-muted">${__("{0} more follow: please choose them afterwards.", [
					this.more,
				])}</p>`
			: "";
		this.$body.html(
			`<p class="nmedia-decision-lead">${__(
				"Please read what you decide on. Audits without a tick are left as they are."
			)}</p>${more}<div class="nmedia-decision-scroll">${this.table_html()}</div>`
		);
		this.$body.find("input[data-name]").on("change", ({ currentTarget }) => {
			const { name } = currentTarget.dataset;
			if (currentTarget.checked) this.left_out.delete(name);
			else this.left_out.add(name);
			this.label_button();
		});
		this.label_button();
	}

	label_button() {
		const count = this.chosen.length;
		const label = count
			? __("{0}: {1} audits", [__(this.action), count])
			: __("Nothing Chosen");
		this.dialog.get_primary_btn().text(label).prop("disabled", !count);
	}

	table_html() {
		const columns = [
			"",
			__("Account"),
			__("The Year in Figures"),
			__("To Look At"),
			__("Self-Assessment"),
			__("Status"),
		];
		const rows = [...this.audits].sort((a, b) => Boolean(b.refused) - Boolean(a.refused));
		return `<table class="table nmedia-decision-table">
			<thead><tr>${columns.map((column) => `<th>${column}</th>`).join("")}</tr></thead>
			<tbody>${rows.map((audit) => this.row_html(audit)).join("")}</tbody></table>`;
	}

	row_html(audit) {
		const step = this.get_step(audit);
		const possible = Boolean(step);
		const ticked = possible && !this.left_out.has(audit.name);
		const refused = audit.refused
			? `<div class="nmedia-refused">${__("Not done:")} ${escape(audit.refused)}</div>`
			: "";
		const why_not = possible
			? ""
			: `<div class="nmedia-why-not">${escape(
					audit.why_not || __("This decision is not possible from its status.")
				)}</div>`;
		const facts = [audit.section, audit.platform, audit.administrator_name];
		return `<tr class="${possible ? "" : "is-impossible"}">
			<td><input type="checkbox" data-name="${escape(audit.name)}" ${ticked ? "checked" : ""}
				${possible ? "" : "disabled"} aria-label="${escape(audit.account_name)}"></td>
			<td><a href="${frappe.utils.get_form_link("Annual Audit", audit.name)}" target="_blank"
					class="nmedia-decision-name">${escape(audit.account_name)}</a>
				<div class="text-muted">${facts.filter(Boolean).map(escape).join(" · ")}</div>
				${refused}${why_not}${possible ? nmedia.workflow.note_html(step) : ""}</td>
			<td>${figures_html(audit)}</td>
			<td data-label="${__("To Look At")}">${marks_html(audit)}</td>
			<td data-label="${__("Self-Assessment")}">${assessment_html(audit.self_assessment)}</td>
			<td>${nmedia.audit.state_html(audit)}</td>
		</tr>`;
	}

	/** Decide chunk by chunk; one that is refused stops no other. */
	async take({ opinion, declared }) {
		const step = this.get_step(this.chosen[0]);
		if (step.declaration && !declared) {
			frappe.show_alert({
				message: __("Please tick the declaration first."),
				indicator: "orange",
			});
			return;
		}
		const { action, chosen } = this;
		this.dialog.get_primary_btn().prop("disabled", true);
		const done = new Set();
		const refused = new Map();
		for (const chunk of in_chunks(chosen)) {
			this.show_progress(__(action), done.size + refused.size, chosen.length);
			const answer = await decide_on(chunk, { action, opinion, declared });
			answer.done.forEach((name) => done.add(name));
			answer.refused.forEach(({ name, reason }) => refused.set(name, reason));
		}
		this.decided += done.size;
		if (done.size)
			frappe.show_alert({
				message: __("{0}: {1} audits", [__(action), done.size]),
				indicator: "green",
			});
		if (!refused.size) return this.dialog.hide();
		const again = await this.read([...refused.keys()]);
		const fresh = new Map(again.map((audit) => [audit.name, audit]));
		this.audits = this.audits
			.filter((audit) => !done.has(audit.name))
			.map((audit) =>
				refused.has(audit.name)
					? { ...fresh.get(audit.name), refused: refused.get(audit.name) }
					: audit
			);
		this.dialog.set_value("declared", 0); // not yet for what changed
		this.offer();
	}
}

/** Send one chunk; if the request itself fails, none of it is done, and all of it can be tried again. */
function decide_on(audits, values) {
	const decisions = audits.map(({ name, modified }) => ({ name, modified }));
	return frappe.xcall("nmedia_app.audit_api.decide", { decisions, ...values }).catch(() => ({
		done: [],
		refused: decisions.map(({ name }) => ({
			name,
			reason: __("It was not recorded. Please try again."),
		})),
	}));
}

function in_chunks(rows) {
	const chunks = [];
	for (let start = 0; start < rows.length; start += CHUNK)
		chunks.push(rows.slice(start, start + CHUNK));
	return chunks;
}

function figures_html(audit) {
	const rows = [
		[__("Number of Followers"), `${say_followers_before(audit)} → ${number(audit.followers)}`],
		[__("Articles Reviewed"), number(audit.articles_reviewed)],
		[__("Articles Published"), number(audit.articles_published)],
		[__("Articles Sent Back"), number(audit.articles_returned)],
		[__("Articles Withdrawn"), number(audit.articles_withdrawn)],
		[__("Without Match"), number(audit.articles_unmatched)],
	];
	return `<div class="nmedia-decision-figures">${rows
		.map(([label, value]) => `<span>${label} <b>${value}</b></span>`)
		.join("")}</div>`;
}

function say_followers_before({ followers_before, followers_before_on }) {
	return followers_before_on ? number(followers_before) : nmedia.audit.no_record();
}

function number(value) {
	return format_number(cint(value), null, 0);
}

function marks_html({ marks }) {
	return marks.length
		? marks.map((mark) => `<span class="nmedia-mark">${escape(mark)}</span>`).join("")
		: `<span class="text-muted">${__("Nothing")}</span>`;
}

const SHORT = 60;

function assessment_html(text) {
	const words = (text || "").trim();
	if (!words) return `<span class="text-muted">${__("Empty")}</span>`;
	const html = escape(words).replace(/\n/g, "<br>");
	if (words.length <= SHORT) return html;
	return `<details><summary>${escape(words.slice(0, SHORT))}…</summary>${html}</details>`;
}

/** The state of an audit, in its colour and in words. */
nmedia.audit.state_html = ({ workflow_state, colour }) =>
	`<span class="indicator-pill ${colour}">${__(workflow_state)}</span>`;

nmedia.audit.progress_html = (text, percent) => `<div class="nmedia-progress">
	<div class="nmedia-progress-text">${text}</div>
	<div class="progress"><div class="progress-bar" role="progressbar" aria-valuenow="${percent}"
		aria-valuemin="0" aria-valuemax="100" style="width: ${percent}%"></div></div></div>`;

frappe.provide("nmedia.word_import");

const escape = frappe.utils.escape_html;
const MOST_FILES = 20;
const ACCEPTED = ".docx,.doc";
/** Controls in place of those that fail outside a form; names in a table are one text. */
const IN_PLACE = {
	Table: "Data",
	Phone: "Data",
	"Markdown Editor": "Long Text",
	"HTML Editor": "Text Editor",
};

/**
 * Filled Word forms into drafts: the files are chosen, read and shown beside what is doubtful; what the user
 * confirms becomes drafts, one a file. Nothing is written before. A single one is opened.
 */
nmedia.word_import.start = (doctype, { several = true, on_done = () => {} } = {}) => {
	const $input = $(`<input type="file" class="hidden" accept="${ACCEPTED}">`);
	$input
		.prop("multiple", several)
		.appendTo(document.body)
		.on("change", ({ target }) => {
			const files = [...target.files];
			$input.remove();
			if (files.length > MOST_FILES)
				return frappe.msgprint(
					__("Please choose at most {0} files at once.", [MOST_FILES])
				);
			if (files.length) new WordImport(doctype, files, on_done).start();
		});
	$input.trigger("click");
};

/** A button above a list, for those who may write such documents. */
nmedia.word_import.add_to_list = (listview) => {
	const { doctype, page } = listview;
	if (!frappe.model.can_create(doctype)) return;
	page.add_inner_button(__("Import from Word"), () =>
		nmedia.word_import.start(doctype, { on_done: () => listview.refresh() })
	);
};

/** In the menu of a new form: of one file, whose draft is opened in place of the form. */
nmedia.word_import.add_to_menu = (frm) => {
	if (!frm.is_new() || !frappe.model.can_create(frm.doctype)) return;
	frm.page.add_menu_item(__("Import from Word"), () =>
		nmedia.word_import.start(frm.doctype, { several: false })
	);
};

class WordImport {
	constructor(doctype, files, on_done) {
		Object.assign(this, { doctype, files, on_done, made: 0 });
	}

	async start() {
		await frappe.model.with_doctype(this.doctype);
		this.dialog = nmedia.dialog({
			title: __("Import from Word"),
			size: "extra-large",
			fields: [{ fieldname: "forms", fieldtype: "HTML" }],
			primary_action_label: __("Reading"),
			primary_action: () => this.make_drafts(),
			secondary_action_label: __("Close"),
			secondary_action: () => this.dialog.hide(),
			onhide: () => this.made && this.on_done(),
			static: true, // what was checked is not lost by a click beside it
		});
		this.dialog.$wrapper.addClass("nmedia-word-import");
		this.dialog.get_primary_btn().prop("disabled", true);
		this.dialog.show();
		const $forms = this.dialog
			.get_field("forms")
			.$wrapper.html(
				`<p>${__(
					"Please compare with the paper what was read, above all what is marked. Drafts are made when you confirm; signatures on the paper do not count: each draft goes through review."
				)}</p>`
			);
		this.forms = this.files.map((file) => new Form(this.doctype, file, $forms, this));
		for (const form of this.forms) await form.read();
		this.forms[0].$form.prop("open", true);
		this.label_button();
	}

	get chosen() {
		return this.forms.filter((form) => form.is_chosen);
	}

	label_button() {
		const count = this.chosen.length;
		const label = count ? __("Make {0} Drafts", [count]) : __("Nothing Chosen");
		this.dialog.get_primary_btn().text(label).prop("disabled", !count);
	}

	/** One after the other: one that is refused stops no other, and says why. */
	async make_drafts() {
		this.dialog.get_primary_btn().prop("disabled", true);
		const drafts = [];
		for (const form of this.chosen) {
			const draft = await form.make_draft();
			if (draft) drafts.push(draft);
		}
		this.made += drafts.length;
		this.label_button();
		if (drafts.length)
			frappe.show_alert({
				message: __("Drafts made: {0}", [drafts.length]),
				indicator: "green",
			});
		if (this.forms.length === 1 && drafts.length) {
			this.dialog.hide();
			frappe.set_route("Form", this.doctype, drafts[0]);
		}
	}
}

/** One file: what was read of it, each value to check and change. */
class Form {
	constructor(doctype, file, $parent, owner) {
		Object.assign(this, { doctype, file, owner, controls: {} });
		this.$form = $(`<details class="nmedia-word-form">
			<summary>
				<span class="nmedia-word-name">${escape(file.name)}</span>
				<span class="nmedia-word-state text-muted">${__("Reading")}</span>
			</summary>
			<div class="nmedia-word-body"></div>
		</details>`).appendTo($parent);
		this.$body = this.$form.find(".nmedia-word-body");
	}

	get is_chosen() {
		return (
			Boolean(this.rows) &&
			!this.draft &&
			this.$form.find(".nmedia-word-take").is(":checked")
		);
	}

	async read() {
		this.content = await read_as_base64(this.file).catch(() => "");
		const answer = await this.call("read_form");
		if (answer.fault) return this.show_fault(answer.fault);
		this.rows = answer.rows;
		this.show(answer.reminders);
	}

	/** Ask the server; what goes wrong is shown at the file. */
	call(method, values = {}) {
		return frappe
			.xcall(`nmedia_app.word_api.${method}`, {
				doctype: this.doctype,
				file_name: this.file.name,
				file_content: this.content,
				...values,
			})
			.catch(() => ({
				fault: __("The file could not be read. Please choose it again."),
				refused: __("It was not recorded. Please try again."),
			}));
	}

	show_fault(fault) {
		this.set_state(__("Not read"), "red");
		this.$form.prop("open", true);
		this.$body.html(`<div class="alert alert-danger">${escape(fault)}</div>`);
	}

	set_state(text, colour) {
		this.$form
			.find(".nmedia-word-state")
			.attr("class", `nmedia-word-state indicator-pill ${colour}`)
			.text(text);
	}

	show(reminders) {
		const doubtful = this.rows.filter((row) => this.is_doubtful(row)).length;
		if (doubtful) this.set_state(__("To check: {0}", [doubtful]), "orange");
		else this.set_state(__("Read from Paper"), "green");
		const notes = reminders.map((text) => `<div>${escape(text)}</div>`).join("");
		this.$body.html(`<label class="nmedia-word-choice">
				<input type="checkbox" class="nmedia-word-take" checked> ${__("Make a draft of this file")}
			</label>${notes && `<div class="alert alert-warning nmedia-word-notes">${notes}</div>`}<div class="nmedia-word-rows"></div>`);
		this.$body.on("change", ".nmedia-word-take", () => this.owner.label_button());
		for (const row of this.rows) this.add_row(row);
		this.show_fields_of_kind();
	}

	get_field(fieldname) {
		return frappe.meta.get_docfield(this.doctype, fieldname);
	}

	/** What a person has to look at: what was read with a doubt, and what a draft needs and the paper lacks. */
	is_doubtful({ fieldname, state }) {
		return state === "unsure" || (state === "missing" && this.get_field(fieldname).reqd);
	}

	add_row(row) {
		const df = this.get_field(row.fieldname);
		const mark = this.is_doubtful(row) ? "is-doubtful" : "";
		const $row = $(`<div class="nmedia-word-row ${mark}" data-field="${row.fieldname}">
			<div class="nmedia-word-label">${__(df.label)}${df.reqd ? '<span class="text-danger"> *</span>' : ""}</div>
			<div class="nmedia-word-value"></div>
			<div class="nmedia-word-doubt">${this.doubt_html(row, df)}</div>
		</div>`).appendTo(this.$body.find(".nmedia-word-rows"));
		const $value = $row.find(".nmedia-word-value");
		if (row.fieldname === "content" && row.value) {
			// made by the server of text and pictures, everything typed is escaped; the draft is where it is edited
			$value.html(`<div class="nmedia-word-article">${row.value}</div>`);
			return;
		}
		const control = frappe.ui.form.make_control({
			df: control_of(this.doctype, df, (name) => this.get_value(name)),
			parent: $value,
			only_input: true,
			render_input: true,
		});
		if (df.fieldtype === "Small Text") control.$input.css("height", 72);
		control.set_value(row.value ?? "");
		this.controls[row.fieldname] = control;
	}

	/** Where a value comes from, or why a person has to look at it. */
	doubt_html({ state, doubt, text, value }, df) {
		if (state === "missing")
			return df.reqd
				? `<strong>${__("Please enter")}</strong> ${escape(doubt || __("Not on Paper"))}`
				: muted(doubt || __("Not on Paper"));
		if (state === "found")
			return muted(text ? __("Read from Paper") : __("Not on paper: from the app"));
		const is_new = text && text !== value && !doubt.includes(text);
		return `<strong>${__("Please check")}</strong> ${escape(doubt)}
			${is_new ? muted(`${__("On the paper:")} ${text}`) : ""}`;
	}

	/** An opening is about no account of the register, and has no day on which something changed. */
	show_fields_of_kind() {
		const { filing_type } = this.controls;
		if (!filing_type) return;
		const show = (kind) => {
			this.toggle("account", kind !== "Opening");
			this.toggle("reason", kind !== "Opening");
			this.toggle("changed_on", kind === "Change");
		};
		filing_type.$input.on("change", ({ target }) => show(target.value));
		show(this.rows.find((row) => row.fieldname === "filing_type").value);
	}

	toggle(fieldname, is_shown) {
		this.$body.find(`[data-field=${fieldname}]`).toggle(is_shown);
		this.controls[fieldname].is_left_out = !is_shown;
	}

	get_value(fieldname) {
		const control = this.controls[fieldname];
		return control && !control.is_left_out ? control.get_value() : null;
	}

	async make_draft() {
		const values = {};
		for (const fieldname of Object.keys(this.controls))
			values[fieldname] = this.get_value(fieldname) ?? "";
		this.set_state(__("Making the draft"), "blue");
		this.$body.find(".nmedia-refused").remove();
		const answer = await this.call("make_draft", { values });
		if (answer.refused) {
			this.set_state(__("Draft not made"), "red");
			this.$form.prop("open", true);
			const words = escape(answer.refused).replace(/\n/g, "<br>");
			this.$body.prepend(`<div class="alert alert-danger nmedia-refused">${words}</div>`);
			this.$form[0].scrollIntoView({ block: "start" });
			return null;
		}
		this.draft = answer.name;
		this.set_state(__("Draft made"), "green");
		const link = frappe.utils.get_form_link(this.doctype, answer.name);
		this.$form.prop("open", true);
		this.$body.html(
			`<a href="${link}" target="_blank">${escape(answer.title || answer.name)}</a>`
		);
		return answer.name;
	}
}

/** A form's field as a control that stands by itself. */
function control_of(doctype, { fieldname, fieldtype, label, options }, get_value) {
	const df = { fieldname, fieldtype, label: __(label), options, hide_timezone: 1 };
	if (IN_PLACE[fieldtype]) return { ...df, fieldtype: IN_PLACE[fieldtype] };
	if (fieldtype === "Table MultiSelect")
		return {
			...df,
			fieldtype: "MultiSelectList",
			get_data: (text) =>
				frappe.db.get_link_options("Media Account", text, {
					status: "Active",
					section: get_value("section") || ["is", "set"],
				}),
		};
	if (fieldtype === "Select")
		df.options = (options || "").split("\n").map((value) => ({ value, label: __(value) }));
	const people = ["supervising_leader", "administrator"];
	if (people.includes(fieldname))
		df.get_query = () => ({
			query: "nmedia_app.api.search_people",
			filters: { fieldname, section: get_value("section") },
		});
	if (fieldname === "platform") df.get_query = () => ({ filters: { enabled: 1 } });
	if (fieldname === "account")
		df.get_query = () => ({ filters: { status: ["in", nmedia.filing.LIVE] } });
	return df;
}

function muted(text) {
	return `<div class="text-muted">${escape(text)}</div>`;
}

function read_as_base64(file) {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(reader.result.split(",").pop());
		reader.onerror = () => reject(reader.error);
		reader.readAsDataURL(file);
	});
}

frappe.provide("nmedia.pictures");

const API = "nmedia_app.picture_api";
const ACCEPTED = ".png,.jpg,.jpeg,.webp";
const MOST_PICTURES = 20;
const MOST_BYTES = 20 * 1024 * 1024;
/** what a request has beside the file */
const ENVELOPE = 16 * 1024;
const escape = frappe.utils.escape_html;

/**
 * Several pictures as one PDF for a row of an audit's materials: chosen, put in order, uploaded one by one.
 * `on_done` gets the File; before that nothing of the audit changes.
 */
nmedia.pictures.start = (frm, row, on_done) =>
	choose((files) => new Pictures(frm, row, on_done).show(files));

/** Let the user choose pictures; by their names, numbers as numbers, since browsers give them in any order. */
function choose(then) {
	$(`<input type="file" class="hidden" multiple accept="${ACCEPTED}">`)
		.appendTo(document.body)
		.on("change", ({ target }) => {
			const by_name = (a, b) => a.name.localeCompare(b.name, "zh", { numeric: true });
			const files = [...target.files].sort(by_name);
			target.remove();
			if (files.length) then(files);
		})
		.trigger("click");
}

class Pictures {
	constructor(frm, row, on_done) {
		Object.assign(this, { frm, row, on_done, items: [] });
	}

	show(files) {
		this.dialog = nmedia.dialog({
			title: __("Upload Several Pictures"),
			fields: [{ fieldname: "pictures", fieldtype: "HTML" }],
			primary_action_label: __("Make One PDF"),
			primary_action: () => this.make(),
			secondary_action_label: __("Close"),
			secondary_action: () => this.dialog.hide(),
			static: true, // what was put in order is not lost by a click beside it
		});
		this.dialog.$wrapper.addClass("nmedia-pictures");
		this.dialog.onhide = () => this.items.forEach(({ url }) => URL.revokeObjectURL(url));
		this.$body = this.dialog.get_field("pictures").$wrapper.html(
			`<p>${__(
				"One picture a page, in this order, becomes one PDF (A4). A long screenshot goes over several pages."
			)}</p>
			<ol class="nmedia-picture-list"></ol>
			<p><button type="button" class="btn btn-xs btn-default nmedia-picture-more">
				${__("Choose More")}</button></p>
			<div class="nmedia-picture-state" role="status"></div>`
		);
		this.$body.on("click", ".nmedia-picture-more", () => choose((more) => this.add(more)));
		this.$body.on("click", "[data-do]", ({ currentTarget }) => this.change(currentTarget));
		this.dialog.show();
		this.add(files);
	}

	add(files) {
		const faults = [];
		for (const file of files) {
			const fault = this.find_fault(file);
			if (fault) faults.push(fault);
			else this.items.push({ file, url: URL.createObjectURL(file) });
		}
		this.draw();
		this.say(faults);
	}

	/** What the server would refuse after the upload. */
	find_fault(file) {
		const limit = Math.min(
			MOST_BYTES,
			(cint(frappe.boot.max_file_size) || MOST_BYTES) - ENVELOPE
		);
		if (file.size > limit)
			return __(
				"{0} is larger than {1} MB. Please make it smaller, or crop it, and choose it again.",
				[file.name, Math.floor(limit / 1024 / 1024)]
			);
		if (this.items.length >= MOST_PICTURES)
			return __("At most {0} pictures go into one PDF: {1} was left out.", [
				MOST_PICTURES,
				file.name,
			]);
		return "";
	}

	draw() {
		const last = this.items.length - 1;
		const button = (index, what, sign, label, is_off) =>
			`<button type="button" class="btn btn-xs btn-default" data-do="${what}" data-index="${index}"
				aria-label="${label}" title="${label}" ${is_off ? "disabled" : ""}>${sign}</button>`;
		this.$body.find(".nmedia-picture-list").html(
			this.items
				.map(
					({ file, url }, index) => `<li>
						<span class="nmedia-picture-number">${index + 1}</span>
						<img src="${url}" alt="">
						<span class="nmedia-picture-name">${escape(file.name)}</span>
						${button(index, "up", "↑", __("Move Up"), index === 0)}
						${button(index, "down", "↓", __("Move Down"), index === last)}
						${button(index, "remove", "×", __("Remove"), false)}</li>`
				)
				.join("")
		);
		this.dialog.get_primary_btn().prop("disabled", !this.items.length);
	}

	change({ dataset }) {
		const index = cint(dataset.index);
		const [item] = this.items.splice(index, 1);
		if (dataset.do === "remove") URL.revokeObjectURL(item.url);
		else this.items.splice(index + (dataset.do === "up" ? -1 : 1), 0, item);
		this.draw();
		this.say([]);
	}

	say(faults) {
		this.$body
			.find(".nmedia-picture-state")
			.html(
				faults
					.map((fault) => `<div class="alert alert-danger">${escape(fault)}</div>`)
					.join("")
			);
	}

	tell(words, done) {
		this.$body
			.find(".nmedia-picture-state")
			.html(
				`<div>${words}</div><div class="progress"><div class="progress-bar" style="width: ${
					100 * done
				}%"></div></div>`
			);
	}

	/** Upload what was not uploaded yet, then let the server make the PDF; a fault is said, and all stays. */
	async make() {
		const $buttons = this.dialog.$wrapper.find("button").prop("disabled", true);
		try {
			const file = await this.upload();
			this.dialog.hide();
			this.on_done(file);
		} catch (fault) {
			$buttons.prop("disabled", false);
			this.draw();
			this.say([fault.message]);
		}
	}

	async upload() {
		const about = { audit: this.frm.docname, row: this.row.name };
		const count = this.items.length;
		for (const [index, item] of this.items.entries()) {
			this.tell(__("Uploading picture {0} of {1}", [index + 1, count]), index / count);
			item.key ??= await post("add_picture", { ...about, file: item.file });
		}
		this.tell(__("Making the PDF"), 1);
		const pictures = this.items.map(({ key, file }) => ({ key, file_name: file.name }));
		return post("make_pdf", { ...about, pictures: JSON.stringify(pictures) });
	}
}

/** Send a form with a file; throws what the server says, or that it could not be reached. */
async function post(method, values) {
	const body = new FormData();
	for (const [name, value] of Object.entries(values)) body.append(name, value);
	const headers = { "X-Frappe-CSRF-Token": frappe.csrf_token, Accept: "application/json" };
	const response = await fetch(`/api/method/${API}.${method}`, {
		method: "POST",
		headers,
		body,
	}).catch(() => null);
	const answer = (await response?.json().catch(() => null)) || {};
	if (response?.ok) return answer.message;
	throw new Error(
		get_words(answer) ||
			__("The pictures could not be uploaded. Please check the connection and try again.")
	);
}

function get_words(answer) {
	const messages = JSON.parse(answer._server_messages || "[]");
	return messages
		.map((message) => frappe.utils.html2text(JSON.parse(message).message))
		.join(" ");
}

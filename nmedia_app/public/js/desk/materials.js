frappe.provide("nmedia.materials");

const escape = frappe.utils.escape_html;

/**
 * Show what an audit is to bring as a list in place of the platform's grid: each material with its note, its
 * template, and a file to upload or a text to write, by its kind. Rows come from the round.
 */
nmedia.materials.show = (frm) => {
	const field = frm.fields_dict.materials;
	const is_open = may_change(frm);
	const rows = frm.doc.materials || [];
	const $list = $(
		`<ol class="nmedia-materials">${rows
			.map((row, index) => row_html(row, index, is_open))
			.join("")}</ol>`
	);
	const $wrapper = $(field.wrapper);
	$wrapper.addClass("nmedia-materials-field").find(".nmedia-materials").remove();
	$wrapper.append($list);
	listen(frm, $list);
};

/** The materials are the authors' to hand in, for as long as the audit is with them. */
function may_change(frm) {
	return (
		frm.fields_dict.self_assessment.disp_status === "Write" &&
		nmedia.audit.is_with_authors(frm.doc)
	);
}

function row_html(row, index, is_open) {
	const is_there = Boolean(row.kind === "Statement" ? (row.text || "").trim() : row.file);
	const mark = is_there
		? `<span class="indicator-pill green">${__("Handed In")}</span>`
		: `<span class="indicator-pill ${row.required ? "red" : "gray"}">${
				row.required ? __("Still Missing") : __("Optional")
			}</span>`;
	const template = row.template
		? `<a class="btn btn-xs btn-default" href="${address(row.template)}" download>${__(
				"Download Template"
			)}</a>`
		: "";
	const note = row.note ? `<p class="text-muted">${escape(row.note)}</p>` : "";
	const body = row.kind === "Statement" ? text_html(row, is_open) : file_html(row, is_open);
	const earlier = earlier_html(row, is_open);
	return `<li class="nmedia-material" data-index="${index}">
		<div class="nmedia-material-head"><strong>${index + 1}. ${escape(row.material_name)}</strong>
			${mark}${template}</div>${note}${body}${earlier}</li>`;
}

/** What a link to a file needs, whatever signs its name has. */
function address(file_url) {
	return escape(encodeURI(file_url).replace(/#/g, "%23").replace(/\?/g, "%3F"));
}

function text_html(row, is_open) {
	if (is_open)
		return `<textarea class="form-control" rows="3" aria-label="${escape(row.material_name)}">${escape(
			row.text || ""
		)}</textarea>`;
	return `<div class="nmedia-material-text">${text_as_html(row.text)}</div>`;
}

function file_html(row, is_open) {
	const nothing = is_open ? "" : `<span class="text-muted">—</span>`;
	const buttons = is_open
		? button("upload", row.file ? __("Replace") : __("Upload File")) +
			(row.__islocal ? "" : button("join", __("Upload Several Pictures"))) +
			(row.file ? button("remove_file", __("Remove")) : "")
		: "";
	return `<div class="nmedia-material-file">${link_html(row) || nothing}${buttons}</div>`;
}

function link_html({ file }) {
	if (!file) return "";
	return `<a href="${address(file)}" target="_blank">${escape(file.split("/").pop())}</a>`;
}

/** What was handed in before the round asked for a text in place of a file, or the other way round. */
function earlier_html(row, is_open) {
	const label = (words) => `<span class="text-muted">${words}</span>`;
	if (row.kind === "Statement" && row.file)
		return `<div class="nmedia-material-file">${label(__("File handed in before:"))}${link_html(
			row
		)}${is_open ? button("remove_file", __("Remove")) : ""}</div>`;
	if (row.kind !== "Statement" && (row.text || "").trim())
		return `<div class="nmedia-material-file">${label(__("Text handed in before:"))}${
			is_open ? button("remove_text", __("Remove")) : ""
		}</div><div class="nmedia-material-text">${text_as_html(row.text)}</div>`;
	return "";
}

function text_as_html(text) {
	return escape(text || "—").replace(/\n/g, "<br>");
}

function button(what, label) {
	return `<button type="button" class="btn btn-xs btn-default" data-do="${what}">${label}</button>`;
}

function listen(frm, $list) {
	const row_of = (element) =>
		frm.doc.materials[cint($(element).closest("[data-index]").attr("data-index"))];
	$list.on("change", "textarea", ({ currentTarget }) =>
		set(row_of(currentTarget), "text", currentTarget.value)
	);
	for (const fieldname of ["file", "text"])
		$list.on("click", `[data-do=remove_${fieldname}]`, ({ currentTarget }) =>
			set(row_of(currentTarget), fieldname, null).then(() => frm.save())
		);
	$list.on("click", "[data-do=upload]", ({ currentTarget }) =>
		upload(frm, row_of(currentTarget))
	);
	$list.on("click", "[data-do=join]", ({ currentTarget }) => {
		const row = row_of(currentTarget);
		nmedia.pictures.start(frm, row, (file) => put(frm, row, file));
	});
}

/** As the platform's own attach fields: the form is saved with the file. */
function upload(frm, row) {
	new frappe.ui.FileUploader({
		doctype: frm.doctype,
		docname: frm.docname,
		allow_multiple: false,
		on_success: (file) => put(frm, row, file),
	});
}

function put(frm, { name }, file) {
	const row = frm.doc.materials.find((material) => material.name === name);
	frm.attachments.update_attachment(file);
	return set(row, "file", file.file_url).then(() => frm.save());
}

function set(row, fieldname, value) {
	return frappe.model.set_value(row.doctype, row.name, fieldname, value);
}

frappe.provide("nmedia.article");

/** What the form of an article shows above its fields: hits of the word lists, the seal, the byline, changes. */
nmedia.article.show_notes = (frm) => {
	const show = (notes) => {
		frm.nmedia_notes = notes;
		return [
			show_broken_seal(frm),
			show_hits(notes.word_hits),
			show_changes(frm, notes),
			show_byline(notes.byline),
		];
	};
	nmedia.notes.show(frm, "nmedia_app.api.get_article_notes", show).then(($notes) => {
		$notes?.on("click", ".nmedia-copy-byline", () =>
			frappe.utils.copy_to_clipboard(frm.nmedia_notes.byline)
		);
	});
};

/** Buttons of a sealed article: check the seal, change what was approved. */
nmedia.article.add_buttons = (frm) => {
	if (!frm.doc.seal) return;
	frm.add_custom_button(__("Check Seal"), () => check_seal(frm));
	const may_write = frappe.model.can_create(frm.doctype);
	if (may_write && ["Approved", "Published"].includes(frm.doc.stage))
		frm.add_custom_button(__("Change and Review Again"), () => start_revision(frm));
};

function check_seal(frm) {
	frappe.xcall("nmedia_app.api.verify_seal", { name: frm.docname }).then(({ intact, problem }) =>
		frappe.msgprint({
			title: __("Check Seal"),
			indicator: intact ? "green" : "red",
			message: intact
				? __("The record is what was approved: nothing was changed since.")
				: `${__("The record is not what was approved:")} ${frappe.utils.escape_html(problem)}`,
		})
	);
}

function start_revision(frm) {
	frappe.confirm(
		__(
			"The approved record stays as it is. A new review begins with its content, for you to change. Go on?"
		),
		() =>
			frappe
				.xcall("nmedia_app.api.start_revision", { name: frm.docname })
				.then((name) => frappe.set_route("Form", frm.doctype, name))
	);
}

function show_broken_seal(frm) {
	if (frm.doc.seal_status !== "Broken") return "";
	return `<div class="alert alert-danger"><strong>${__("The seal is broken")}</strong>
		<p>${__("This record was changed after its approval, not through the app:")}
		${frappe.utils.escape_html(frm.doc.seal_problem || "")}</p>
		<p>${__(
			"Do not rely on what stands here. Please ask the administrator to restore it from a backup."
		)}</p></div>`;
}

/** What stops the article apart from what only asks for a closer look. */
function show_hits(hits) {
	const [stops, warnings] = [true, false].map((stops) =>
		(hits || []).filter((hit) => hit.stops === stops)
	);
	return (
		show_hits_of_kind(
			stops,
			"alert-danger",
			__("Words that stop this article (Article 11)"),
			__(
				"With these words it can be neither sent nor approved: they have to be changed first."
			)
		) +
		show_hits_of_kind(
			warnings,
			"alert-warning",
			__("Words to look at closely (Article 11)"),
			__("They do not stop the article: please see whether they are right where they stand.")
		)
	);
}

function show_hits_of_kind(hits, kind, heading, advice) {
	if (!hits.length) return "";
	const rows = hits.map((hit) => {
		const [part, before, word, after, list] = [
			hit.part,
			hit.before,
			hit.word,
			hit.after,
			hit.list,
		].map((text) => frappe.utils.escape_html(text));
		return `<li><span class="text-muted">${part}：</span>…${before}<mark>${word}</mark>${after}…
			<span class="text-muted">（${list}）</span></li>`;
	});
	return `<div class="alert ${kind} nmedia-hits">
		<strong>${heading}</strong><p>${advice}</p><ul>${rows.join("")}</ul></div>`;
}

function show_changes(frm, { changes, other_changes }) {
	if (!changes) return "";
	const link = frappe.utils.get_form_link(frm.doctype, frm.doc.revision_of, true);
	const text_changed = changes.some(([kind]) => kind !== "same");
	const text = text_changed
		? nmedia.comparison.as_html(changes)
		: `<p>${__("Nothing in title and text has changed.")}</p>`;
	const columns = [__("Field"), __("Approved Version"), __("This Version")];
	const others = other_changes.length ? nmedia.changes.as_table(other_changes, columns) : "";
	return `<div class="alert alert-info nmedia-revision">
		<strong>${__("Changed against what was approved")}</strong>
		<span class="nmedia-revised">${link}</span>${text}${others}</div>`;
}

function show_byline(byline) {
	if (!byline) return "";
	const text = frappe.utils.escape_html(byline).replace(/\n/g, "<br>");
	return `<div class="nmedia-byline"><span class="text-muted">${__("Byline")}</span>
		<span class="nmedia-byline-text">${text}</span>
		<button type="button" class="btn btn-xs btn-default nmedia-copy-byline">${__("Copy")}</button></div>`;
}

frappe.provide("nmedia.comparison");

/** Two texts side by side in one: what is missing struck through, what was added underlined, the same shortened. */
nmedia.comparison.as_html = (pieces) => {
	const html = pieces.map(([kind, text], index) => {
		const shown = kind === "same" ? shorten(text, index, pieces.length) : text;
		const escaped = frappe.utils.escape_html(shown).replace(/\n/g, "<br>");
		if (kind === "missing")
			return `<del title="${__("Approved, but missing here")}">${escaped}</del>`;
		if (kind === "added")
			return `<ins title="${__("Here, but not approved")}">${escaped}</ins>`;
		return escaped;
	});
	return `<div class="nmedia-comparison">${html.join("")}</div>`;
};

const AROUND = 40;

/** Of a long stretch that did not change, keep what is next to a difference. */
function shorten(text, index, count) {
	if (text.length <= 3 * AROUND) return text;
	const head = index === 0 ? "" : text.slice(0, AROUND);
	const tail = index === count - 1 ? "" : text.slice(-AROUND);
	return `${head} …… ${tail}`;
}

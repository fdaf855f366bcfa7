/**
 * The platform's templates name the variables of their loops at random, by three letters each: one that is called `for`
 * is no program, and the desk, whose navigation bar has such loops, stays blank. Two of one name show no entries.
 */
const KEYWORDS = ["for", "new", "try", "var"];
const get_any = frappe.utils.get_random;
let last = "";

frappe.utils.get_random = (length) => {
	let name;
	do {
		name = get_any.call(frappe.utils, length);
	} while (KEYWORDS.includes(name) || (name === last && length > 1));
	last = name;
	return name;
};

/** Who may come in, and what they may still hear. */
const { origin_of } = require("./origins");

const MEMORY = 60_000; // ms for which an answer of the server counts
const MEMORY_SIZE = 10_000;

/** The session id in a Cookie header, or null. */
function session_id(cookie_header = "") {
	const [, sid] = /(?:^|;\s*)sid=([^;]*)/.exec(cookie_header) ?? [];
	try {
		return sid && sid !== "Guest" ? decodeURIComponent(sid) : null;
	} catch {
		return null;
	}
}

/**
 * @param {object} parts
 * @param {(session: object, method: string, args?: object) => Promise<object>} parts.ask the web server
 * @param {(db_name: string, sid: string) => Promise<boolean|null>} parts.find_session in the cache
 * @param {(site: string) => {db_name: string, origins: Set<string>}|null} parts.find_site
 * @param {() => number} [parts.now] clock, ms
 */
function create_guard({ ask, find_session, find_site, now = Date.now }) {
	const remembered = new Map();

	/**
	 * @param {{site: string, headers: object, address: string}} caller
	 * @returns {Promise<object>} the session: site, db_name, sid, address, user, user_type
	 * @throws {Error} if the caller has none; the message may be shown to them
	 */
	async function admit({ site, headers, address }) {
		const place = find_site(site);
		if (!place) throw new Error("No such site");
		if (!place.origins.has(origin_of(headers.origin))) throw new Error("Origin not allowed");
		const sid = session_id(headers.cookie);
		if (!sid) throw new Error("Not signed in");

		const session = { site, db_name: place.db_name, sid, address };
		const { status, message } = await ask(session, "frappe.realtime.get_user_info");
		if (status === 0) throw new Error("The web server does not answer");
		if (!message?.user || message.user === "Guest") throw new Error("Not signed in");
		// A development server may serve one site under every name. The cache knows better which
		// site the session that it has just used belongs to.
		const found = await find_session(session.db_name, sid);
		if (found === null) throw new Error("The cache does not answer");
		if (!found) throw new Error("Not signed in here");
		return { ...session, user: message.user, user_type: message.user_type };
	}

	/** Whether a session that was admitted has not ended since (signed out, expired, disabled). */
	async function is_signed_in(session) {
		const found = await find_session(session.db_name, session.sid);
		if (found !== false) return true; // with the cache away: admitted is admitted
		// not in the cache is not the end of it: caches get cleared
		const { status, message } = await ask(session, "frappe.realtime.get_user_info");
		return status === 0 || message?.user === session.user;
	}

	/** Asks the server whether a session may read a DocType, or one document of it. */
	const may_read = async (session, permission) =>
		(await ask_to_read(session, permission)) === 200;

	function ask_to_read(session, { doctype, name }) {
		const [method, args] =
			name === undefined
				? ["frappe.realtime.can_subscribe_doctype", { doctype }]
				: ["frappe.realtime.can_subscribe_doc", { doctype, docname: name }];
		const status = ask(session, method, args).then((answer) => answer.status);
		if (remembered.size >= MEMORY_SIZE) remembered.clear();
		remembered.set(memory_key(session, doctype, name), { status, asked: now() });
		return status;
	}

	/** The same, content with an answer that is not older than a minute. */
	async function may_still_read(session, { doctype, name, or_gone = false }) {
		const memory = remembered.get(memory_key(session, doctype, name));
		const is_fresh = memory && now() - memory.asked < MEMORY;
		const status = await (is_fresh ? memory.status : ask_to_read(session, { doctype, name }));
		if (status === 404 && or_gone) return may_still_read(session, { doctype });
		return status === 200;
	}

	const memory_key = ({ site, sid }, doctype, name) =>
		JSON.stringify([site, sid, doctype, name]);

	return { admit, is_signed_in, may_read, may_still_read };
}

module.exports = { create_guard, session_id };

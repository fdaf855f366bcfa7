/** What the relay asks of others: of Frappe's web server, and of its cache. */

// a list of a thousand changed documents must not take the web server away from its users
const QUESTIONS_AT_ONCE = 4;
const TIMEOUT = 20_000; // ms; a development server may be busy with one long request

/** Runs at most `limit` tasks at a time, the others in the order they came. */
function limiter(limit) {
	const waiting = [];
	let running = 0;

	return async function run(task) {
		if (running >= limit) await new Promise((resolve) => waiting.push(resolve));
		else running += 1;
		try {
			return await task();
		} finally {
			// hand the place over, or give it up
			if (waiting.length) waiting.shift()();
			else running -= 1;
		}
	};
}

/**
 * @param {(site: string) => number} port_of the site's web server; always on this machine, whatever a
 *        request's headers say
 * @returns {(session: {site: string, sid: string, address: string}, method: string, args?: object)
 *          => Promise<{status: number, message?: any}>} status 0 if there was no answer
 */
function web_server(port_of) {
	const run = limiter(QUESTIONS_AT_ONCE);

	return ({ site, sid, address }, method, args = {}) =>
		run(async () => {
			const url = `http://127.0.0.1:${port_of(site)}/api/method/${method}?${new URLSearchParams(args)}`;
			const headers = {
				accept: "application/json",
				cookie: `sid=${encodeURIComponent(sid)}`,
				"x-frappe-site-name": site,
				"x-forwarded-for": address, // users may be bound to addresses
			};
			try {
				const signal = AbortSignal.timeout(TIMEOUT);
				const response = await fetch(url, { headers, signal, redirect: "error" });
				const body = await response.text();
				return {
					status: response.status,
					message: response.ok ? JSON.parse(body).message : undefined,
				};
			} catch {
				return { status: 0 };
			}
		});
}

/**
 * Frappe keeps its sessions in the cache, under the site's database, until they end. To look there
 * costs next to nothing and, unlike a request, does not prolong the session.
 *
 * @param {import("@redis/client").RedisClientType} cache
 * @returns {(db_name: string, sid: string) => Promise<boolean|null>} null if the cache is away
 */
function session_lookup(cache) {
	return async (db_name, sid) => {
		if (!cache.isReady) return null;
		try {
			return Boolean(await cache.hExists(`${db_name}|session`, sid));
		} catch {
			return null;
		}
	};
}

module.exports = { web_server, session_lookup, limiter };

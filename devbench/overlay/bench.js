/**
 * Where things are in a bench, and what its configuration says.
 *
 * Nothing here is read when the module is loaded: builder and relay get a bench handed to them, so
 * that tests can hand them one of their own.
 */
const dns = require("dns");
const fs = require("fs");
const path = require("path");

// a bench's redis and web server listen on IPv4; "localhost" must not turn into ::1
dns.setDefaultResultOrder("ipv4first");

/**
 * @param {string} root folder of the bench; by default the one that this app (apps/frappe) is in
 * @returns {{root: string, apps_path: string, sites_path: string, assets_path: string, apps: string[]}}
 * @throws {Error} if the folder is no bench
 */
function open_bench(root = path.resolve(__dirname, "..", "..")) {
	const sites_path = path.join(root, "sites");
	const apps_txt = path.join(sites_path, "apps.txt");
	if (!fs.existsSync(apps_txt)) {
		throw new Error(`No bench at ${root}: sites/apps.txt is missing`);
	}
	return {
		root,
		sites_path,
		apps_path: path.join(root, "apps"),
		assets_path: path.join(sites_path, "assets"),
		apps: read_lines(apps_txt),
	};
}

const read_lines = (file) =>
	fs
		.readFileSync(file, "utf8")
		.split("\n")
		.map((line) => line.trim())
		.filter(Boolean);

function read_json(file, fallback = {}) {
	return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : fallback;
}

/** The configuration that all sites share, with Frappe's defaults and its environment overrides. */
function bench_config(bench) {
	const config = {
		webserver_port: 8000,
		socketio_port: 9000,
		...read_json(path.join(bench.sites_path, "common_site_config.json")),
	};
	const from_environment = {
		default_site: process.env.FRAPPE_SITE,
		redis_cache: process.env.FRAPPE_REDIS_CACHE,
		redis_queue: process.env.FRAPPE_REDIS_QUEUE,
		socketio_port: process.env.FRAPPE_SOCKETIO_PORT,
	};
	for (const [key, value] of Object.entries(from_environment)) {
		if (value) config[key] = value;
	}
	return config;
}

/** One site's own configuration, or null if this bench has no such site. */
function site_config(bench, site) {
	// the name may come from a stranger's request: it must not lead out of the sites folder
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(site)) return null;
	return read_json(path.join(bench.sites_path, site, "site_config.json"), null);
}

/** What @redis/client wants to know, from a URL as Frappe writes it (redis://… or unix://…). */
function redis_options(url) {
	return url.startsWith("unix:") ? { socket: { path: new URL(url).pathname } } : { url };
}

module.exports = { open_bench, bench_config, site_config, redis_options, read_json };

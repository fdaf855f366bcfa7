/**
 * The realtime relay: carries what Frappe publishes in redis to the browsers it is meant for.
 *
 * Frappe decides; the relay asks it. Who someone is, which site they belong to and what they may
 * read is never taken from a request's own words.
 */
const http = require("http");
const { createClient } = require("@redis/client");
const { Server } = require("socket.io");
const { bench_config, redis_options, site_config } = require("../bench");
const { deliver } = require("./delivery");
const { create_guard } = require("./guard");
const { handle_socket } = require("./handlers");
const { allowed_origins } = require("./origins");
const { session_lookup, web_server } = require("./server");

const HOST = "127.0.0.1";
const HANDSHAKE_TIMEOUT = 30_000; // ms

/**
 * @param {object} bench from `open_bench`
 * @returns {Promise<{port: number, stop: () => Promise<void>}>} once it listens
 * @throws {Error} if the port is taken
 */
async function start_relay(bench) {
	const config = bench_config(bench);
	const find_site = site_finder(bench, config);
	const cache = redis_client(config.redis_cache, "redis_cache");
	const queue = redis_client(config.redis_queue, "redis_queue");
	const guard = create_guard({
		// a site may have a web server of its own
		ask: web_server(
			(site) => site_config(bench, site)?.webserver_port ?? config.webserver_port
		),
		find_session: session_lookup(cache),
		find_site,
	});

	const server = http.createServer((request, response) => {
		const healthy = request.url === "/healthz";
		response.writeHead(healthy ? 200 : 404, { "content-type": "application/json" });
		response.end(healthy ? JSON.stringify({ status: "ok", redis: queue.isReady }) : "{}");
	});
	const namespaces = new Map();
	const io = create_io(server, guard, namespaces);

	const port = await listen(server, Number(config.socketio_port));
	console.log(`Realtime relay listens on http://${HOST}:${port}`);

	// redis may come later than we do, or go and come back: the clients see to that themselves
	cache.connect().catch(report("redis_cache"));
	queue
		.connect()
		.then(() => queue.subscribe("events", (text) => deliver_safely(namespaces, guard, text)))
		.catch(report("redis_queue"));

	async function stop() {
		await io.close();
		await Promise.allSettled([cache.disconnect(), queue.disconnect()]);
	}
	return { port, stop };
}

/** Looks a site up each time, so that one made today needs no restart. */
function site_finder(bench, config) {
	return (site) => {
		const own = site_config(bench, site);
		return own && { db_name: own.db_name, origins: allowed_origins(site, config, own) };
	};
}

function create_io(server, guard, namespaces) {
	const io = new Server(server, {
		serveClient: false,
		cleanupEmptyChildNamespaces: true,
		maxHttpBufferSize: 100_000, // bytes; pages only ever send names
		connectTimeout: HANDSHAKE_TIMEOUT,
		// which pages may read our answers; that the page is the site's own is the guard's to see
		cors: { origin: true, credentials: true },
	});
	io.use((socket, next) => next(new Error("Name a site"))); // the namespace "/" is nobody's

	const sites = io.of(/^\/[^/]+$/);
	sites.use(async (socket, next) => {
		const { headers, address } = socket.handshake;
		try {
			const site = socket.nsp.name.slice(1);
			socket.data.session = await guard.admit({ site, headers, address });
			next();
		} catch (error) {
			next(error);
		}
	});
	sites.on("connection", (socket) => {
		namespaces.set(socket.data.session.site, socket.nsp);
		handle_socket(socket, guard);
	});
	return io;
}

/** Whatever was published: one bad message must not end the relay for everyone. */
function deliver_safely(namespaces, guard, text) {
	try {
		deliver(namespaces, guard, text);
	} catch (error) {
		console.error(`Not delivered: ${error.message}`);
	}
}

/** A client that reconnects for ever and says so once, not at every attempt. */
function redis_client(url, name) {
	if (!url) throw new Error(`${name} is missing in sites/common_site_config.json`);
	const { socket, ...rest } = redis_options(url);
	const reconnectStrategy = (attempt) => Math.min(100 * (attempt + 1), 1000);
	const client = createClient({ ...rest, socket: { ...socket, reconnectStrategy } });

	let away = false;
	client.on("error", (error) => {
		if (!away) console.error(`${name} is away: ${error.message || error.code}`);
		away = true;
	});
	client.on("ready", () => {
		if (away) console.log(`${name} is back`);
		away = false;
	});
	return client;
}

const report = (name) => (error) => console.error(`${name}: ${error.message}`);

function listen(server, port) {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, HOST, () => resolve(server.address().port));
	});
}

module.exports = { start_relay };

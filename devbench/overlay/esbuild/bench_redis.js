const { createClient } = require("@redis/client");
const { bench_config, redis_options } = require("../bench");

/**
 * One errand to one of the bench's redis servers. Without a server there is nobody to tell: that is
 * no failure of a build.
 *
 * @param {"redis_cache"|"redis_queue"} server as the configuration names it
 * @param {(client: import("@redis/client").RedisClientType) => Promise} errand
 * @returns {Promise<boolean>} whether the server was there
 */
async function with_redis(bench, server, errand) {
	const url = bench_config(bench)[server];
	if (!url) return false;
	const { socket, ...rest } = redis_options(url);
	const client = createClient({
		...rest,
		socket: { ...socket, connectTimeout: 1000, reconnectStrategy: false },
	});
	client.on("error", () => {}); // told by the rejected promise, too
	try {
		await client.connect();
		await errand(client);
		return true;
	} catch {
		return false;
	} finally {
		if (client.isOpen) await client.disconnect();
	}
}

/** Frappe keeps the list of assets in its cache, under this name for all sites. */
const forget_assets_list = (bench) =>
	with_redis(bench, "redis_cache", (client) => client.del("assets_json"));

/** Tells the desk's developer tools, through the realtime relay, how a rebuild went. */
const announce_build = (bench, message) =>
	with_redis(bench, "redis_queue", (client) =>
		client.publish("events", JSON.stringify({ event: "build_event", message }))
	);

module.exports = { forget_assets_list, announce_build };

/**
 * The relay with a real redis-server and real sockets. Only Frappe's web server is a stand-in: it
 * answers the three questions that the relay asks, as frappe/realtime.py would.
 */
const assert = require("node:assert/strict");
const { spawn } = require("child_process");
const { once } = require("events");
const fs = require("fs");
const http = require("http");
const net = require("net");
const os = require("os");
const path = require("path");
const { after, before, test } = require("node:test");
const { createClient } = require("@redis/client");
const { io } = require("socket.io-client");
const { start_relay } = require("../../overlay/realtime");

const SITE = "demo.localhost";
const root = fs.mkdtempSync(path.join(os.tmpdir(), "relay-"));
const sockets = [];
const readable = new Set(["s1 ToDo", "s1 ToDo 1", "s2 ToDo"]);
const users = {
	s1: { user: "a@x", user_type: "System User" },
	s2: { user: "b@x", user_type: "System User" },
	s3: { user: "c@x", user_type: "Website User" },
};
let redis, redis_port, redis_process, relay, web, web_port;

async function free_port() {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	return port;
}
async function start_redis() {
	redis_process = spawn(
		"redis-server",
		["--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--dir", root],
		{ stdio: "ignore" }
	);
	redis = createClient({ url: `redis://127.0.0.1:${redis_port}` });
	redis.on("error", () => {});
	await redis.connect();
}
async function stop_redis() {
	await redis.disconnect();
	redis_process.kill();
	await once(redis_process, "exit");
}
/** Frappe's answers; a session in use is in the cache, whatever site the request named. */
async function answer(request, response) {
	const url = new URL(request.url, "http://x");
	const sid = /sid=(\w+)/.exec(request.headers.cookie)?.[1];
	const method = url.pathname.split(".").pop();
	const question = [sid, url.searchParams.get("doctype"), url.searchParams.get("docname")];
	let status = 200;
	let message = users[sid] ?? { user: "Guest" };
	if (users[sid]) await redis.hSet("db|session", sid, "x");
	if (method !== "get_user_info") {
		status = readable.has(question.filter(Boolean).join(" ")) ? 200 : 403;
		message = status === 200;
	}
	response.writeHead(status, { "content-type": "application/json" });
	response.end(JSON.stringify({ message }));
}

before(async () => {
	redis_port = await free_port();
	web = http.createServer(answer).listen(0, "127.0.0.1");
	await once(web, "listening");
	web_port = web.address().port;
	const write = (file, data) => {
		fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
		fs.writeFileSync(path.join(root, file), data);
	};
	write("sites/apps.txt", "frappe\n");
	write(`sites/${SITE}/site_config.json`, '{"db_name": "db"}');
	write("sites/other.localhost/site_config.json", '{"db_name": "other_db"}');
	const url = `redis://127.0.0.1:${redis_port}`;
	const config = {
		default_site: SITE,
		webserver_port: web_port,
		redis_cache: url,
		redis_queue: url,
	};
	write("sites/common_site_config.json", JSON.stringify({ ...config, socketio_port: "0" }));

	const sites_path = path.join(root, "sites");
	// redis comes second: the relay waits for it
	relay = await start_relay({ root, sites_path, apps: ["frappe"] });
	await start_redis();
	await heard_of_redis();
});
after(async () => {
	sockets.forEach((socket) => socket.disconnect());
	await relay.stop();
	await stop_redis();
	web.closeAllConnections();
	web.close();
	fs.rmSync(root, { recursive: true });
});

async function health() {
	return (await fetch(`http://127.0.0.1:${relay.port}/healthz`)).json();
}
async function heard_of_redis() {
	for (let attempt = 0; attempt < 100; attempt++) {
		const subscribed = await redis.pubSubNumSub("events").catch(() => ({}));
		if ((await health()).redis && Number(subscribed.events) === 1) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	assert.fail("the relay did not come back to redis");
}
function connect(sid, { site = SITE, origin = `http://127.0.0.1:${web_port}` } = {}) {
	const socket = io(`http://127.0.0.1:${relay.port}/${site}`, {
		forceNew: true,
		reconnection: false,
		extraHeaders: { ...(origin && { origin }), ...(sid && { cookie: `sid=${sid}` }) },
	});
	sockets.push(socket);
	socket.heard = [];
	socket.onAny((event, message) => socket.heard.push([event, message]));
	return new Promise((resolve) => {
		socket.on("connect", () => resolve(socket));
		socket.on("connect_error", (error) => resolve(error.message));
	});
}
const publish = (room, event, message, namespace = SITE) =>
	redis.publish("events", JSON.stringify({ room, event, message, namespace }));

/** Until all that was under way has arrived: a message behind it in the user's own room. */
async function settled(socket, user) {
	const mark = `mark-${Math.random()}`;
	await new Promise((resolve) => setTimeout(resolve, 150));
	const arrived = once(socket, mark);
	await publish(`user:${user}`, mark);
	await arrived;
	socket.heard = socket.heard.filter(([event]) => event !== mark);
	return socket.heard;
}

test("nobody comes in without a session, or from a foreign page, or to nowhere", async () => {
	assert.equal(await connect(null), "Not signed in");
	assert.equal(await connect("Guest"), "Not signed in");
	assert.equal(await connect("stale"), "Not signed in");
	assert.equal(await connect("s1", { origin: null }), "Origin not allowed");
	assert.equal(await connect("s1", { origin: "http://127.0.0.1:1" }), "Origin not allowed");
	assert.equal(await connect("s1", { site: "gone.localhost" }), "No such site");
	assert.equal(await connect("s1", { site: "" }), "Name a site");
	const there = { site: "other.localhost", origin: "http://other.localhost" };
	assert.equal(await connect("s1", there), "Not signed in here");
});

test("what is for one user reaches that user, and nobody else", async () => {
	const [a, b] = [await connect("s1"), await connect("s2")];
	await publish("user:a@x", "progress", { percent: 40 });
	assert.deepEqual(await settled(a, "a@x"), [["progress", { percent: 40 }]]);
	assert.deepEqual(await settled(b, "b@x"), []);
});

test("what is for the desk does not reach the website, nor another site's", async () => {
	const [a, c] = [await connect("s1"), await connect("s3")];
	await publish("all", "global", 1);
	await publish("website", "news", 2);
	await publish("all", "global", 3, "other.localhost");
	assert.deepEqual(await settled(a, "a@x"), [
		["global", 1],
		["news", 2],
	]);
	assert.deepEqual(await settled(c, "c@x"), [["news", 2]]);
});

test("a document's room is for those who may read it", async () => {
	const [a, b] = [await connect("s1"), await connect("s2")];
	for (const socket of [a, b]) {
		socket.emit("doc_subscribe", "ToDo", "1");
		socket.emit("doctype_subscribe", "ToDo");
		socket.emit("doctype_subscribe", "Salary");
	}
	await Promise.all([settled(a, "a@x"), settled(b, "b@x")]);
	await publish("doc:ToDo/1", "docinfo_update", { text: "secret" });
	await publish("doctype:ToDo", "list_update", { doctype: "ToDo", name: "1" });
	await publish("doctype:Salary", "list_update", { doctype: "Salary" });
	assert.deepEqual((await settled(a, "a@x")).map(([event]) => event).sort(), [
		"docinfo_update",
		"list_update",
	]);
	assert.deepEqual(await settled(b, "b@x"), [], "may read the DocType, not this document of it");
});

test("nobody listens to another's task", async () => {
	const [a, b] = [await connect("s1"), await connect("s2")];
	for (const socket of [a, b]) {
		socket.emit("task_subscribe", "a@x:import");
		socket.emit("progress_subscribe", "guessed");
	}
	await Promise.all([settled(a, "a@x"), settled(b, "b@x")]);
	await publish("task_progress:a@x:import", "task_progress", 1);
	await publish("task_progress:guessed", "task_progress", 2);
	assert.deepEqual(await settled(a, "a@x"), [["task_progress", 1]]);
	assert.deepEqual(await settled(b, "b@x"), []);
});

test("who has a document open is told to the others who have it open", async () => {
	readable.add("s2 ToDo 2").add("s1 ToDo 2");
	const [a, b] = [await connect("s1"), await connect("s2")];
	a.emit("doc_open", "ToDo", "2");
	await settled(a, "a@x");
	b.emit("doc_open", "ToDo", "2");
	await settled(b, "b@x");
	const [, viewers] = (await settled(a, "a@x")).pop();
	assert.deepEqual(viewers, { doctype: "ToDo", docname: "2", users: ["a@x", "b@x"] });
	b.disconnect();
	const [, left] = (await settled(a, "a@x")).pop();
	assert.deepEqual(left.users, ["a@x"]);
});

test("nonsense from a page or from redis harms nobody", async () => {
	const a = await connect("s1");
	a.emit("doc_subscribe");
	a.emit("doc_open", { $gt: "" }, ["x"]);
	a.emit("doctype_subscribe", "x".repeat(5000));
	a.emit("open_in_editor", { file: "/etc/passwd" });
	await redis.publish("events", "no json");
	await redis.publish("events", "null");
	await redis.publish("events", "{}");
	assert.deepEqual(await settled(a, "a@x"), []);
});

test("who has signed out hears nothing more", async () => {
	const b = await connect("s2");
	const ended = once(b, "disconnect");
	const { s2 } = users;
	delete users.s2;
	await redis.hDel("db|session", "s2");
	await publish("user:b@x", "progress", { percent: 50 });
	await ended;
	assert.deepEqual(b.heard, []);
	users.s2 = s2;
});

test("redis may go and come back", async () => {
	const a = await connect("s1");
	await stop_redis();
	assert.equal((await fetch(`http://127.0.0.1:${relay.port}/healthz`)).status, 200);
	await start_redis();
	await heard_of_redis();
	await redis.hSet("db|session", "s1", "x");
	await publish("user:a@x", "progress", { percent: 60 });
	assert.deepEqual(await settled(a, "a@x"), [["progress", { percent: 60 }]]);
});

test("a port in use is an error that names it", async () => {
	const taken = { root, sites_path: path.join(root, "sites"), apps: ["frappe"] };
	process.env.FRAPPE_SOCKETIO_PORT = String(relay.port);
	try {
		await assert.rejects(start_relay(taken), new RegExp(`EADDRINUSE.*${relay.port}`));
	} finally {
		delete process.env.FRAPPE_SOCKETIO_PORT;
	}
});

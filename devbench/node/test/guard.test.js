const assert = require("node:assert/strict");
const { test } = require("node:test");
const { create_guard, session_id } = require("../../overlay/realtime/guard");
const { allowed_origins, origin_of } = require("../../overlay/realtime/origins");
const rooms = require("../../overlay/realtime/rooms");
const { limiter } = require("../../overlay/realtime/server");
const { bench_config, open_bench, redis_options, site_config } = require("../../overlay/bench");

const shared = {
	webserver_port: 8000,
	default_site: "demo.localhost",
	host_name: "http://127.0.0.1:8000",
};

test("a page of the site's own host and port may talk to it, no other", () => {
	const origins = allowed_origins("demo.localhost", shared, {});
	for (const own of [
		"http://127.0.0.1:8000",
		"http://localhost:8000",
		"http://demo.localhost:8000",
	]) {
		assert.ok(origins.has(own), own);
	}
	for (const foreign of [
		"http://127.0.0.1:8001",
		"https://127.0.0.1:8000",
		"http://evil.example",
		"null",
	]) {
		assert.ok(!origins.has(foreign), foreign);
	}
});

test("the address of the default site is not that of another", () => {
	const origins = allowed_origins("other.example", shared, {
		domains: ["www.example", { domain: "a.b" }],
	});
	assert.ok(!origins.has("http://127.0.0.1:8000"));
	assert.ok(origins.has("https://www.example") && origins.has("https://a.b"));
	assert.ok(origins.has("https://other.example"));
});

test("addresses are compared as browsers write them", () => {
	assert.equal(origin_of("HTTP://Example.org:80/path"), "http://example.org");
	assert.equal(origin_of("example.org:8000"), "http://example.org:8000");
	assert.equal(origin_of(undefined), null);
	assert.equal(origin_of("http://"), null);
});

test("the session id is read from the cookie, Guest is none", () => {
	assert.equal(session_id("full_name=x; sid=abc; user_id=y"), "abc");
	assert.equal(session_id("sid=a%20b"), "a b");
	for (const none of [undefined, "", "xsid=abc", "sid=Guest", "sid=", "sid=%"]) {
		assert.equal(session_id(none), null, none);
	}
});

test("a user is in their own room, and in the desk's only with a desk", () => {
	const of = (user_type) => rooms.rooms_of_session({ user: "a@x", user_type });
	assert.deepEqual(of("System User"), ["user:a@x", "website", "all"]);
	assert.deepEqual(of("Website User"), ["user:a@x", "website"]);
});

test("a task is its owner's, and its id has to say so", () => {
	assert.ok(rooms.owns_task("a@x", "a@x:import-1"));
	for (const foreign of ["b@x:import-1", "import-1", "a@xy:1", "", null, {}]) {
		assert.ok(!rooms.owns_task("a@x", foreign), String(foreign));
	}
});

test("rooms of documents ask for the document, all others for nothing", () => {
	const ask = rooms.required_permission;
	assert.deepEqual(ask("doc:Article Review/A/1", "docinfo_update"), {
		doctype: "Article Review",
		name: "A/1",
	});
	assert.deepEqual(ask("open_doc:ToDo/1", "doc_viewers"), { doctype: "ToDo", name: "1" });
	assert.deepEqual(ask("doctype:ToDo", "list_settings"), { doctype: "ToDo" });
	assert.deepEqual(ask("doctype:ToDo", "list_update", { name: "1" }), {
		doctype: "ToDo",
		name: "1",
		or_gone: true,
	});
	assert.equal(ask("user:a@x", "progress"), null);
	assert.equal(ask("all", "x"), null);
});

function guard_with(answers, { in_cache = true, ...more } = {}) {
	const asked = [];
	const guard = create_guard({
		ask: async (session, method, args) => {
			asked.push([method.split(".").pop(), ...Object.values(args ?? {})]);
			return answers(method.split(".").pop(), args);
		},
		find_session: async () => in_cache,
		find_site: (site) =>
			site === "demo" ? { db_name: "db", origins: new Set(["http://demo"]) } : null,
		...more,
	});
	return { guard, asked };
}
const caller = (changes = {}) => ({
	site: "demo",
	address: "::1",
	headers: { origin: "http://demo", cookie: "sid=s" },
	...changes,
});
const editor = () => ({ status: 200, message: { user: "a@x", user_type: "System User" } });

test("who has a session of the site comes in", async () => {
	const { user, user_type, sid, db_name } = await guard_with(editor).guard.admit(caller());
	assert.deepEqual([user, user_type, sid, db_name], ["a@x", "System User", "s", "db"]);
});

test("who has none does not, and the server is not even asked without need", async () => {
	const { guard, asked } = guard_with(editor);
	const refused = (changes, why) => assert.rejects(guard.admit(caller(changes)), why);
	await refused({ site: "gone" }, /No such site/);
	await refused({ headers: { cookie: "sid=s" } }, /Origin/);
	await refused({ headers: { origin: "http://evil", cookie: "sid=s" } }, /Origin/);
	await refused({ headers: { origin: "http://demo" } }, /Not signed in/);
	assert.deepEqual(asked, []);
	const guest = guard_with(() => ({ status: 200, message: { user: "Guest" } }));
	await assert.rejects(guest.guard.admit(caller()), /Not signed in/);
	await assert.rejects(
		guard_with(() => ({ status: 0 })).guard.admit(caller()),
		/does not answer/
	);
});

test("a session of another site is refused even if the server takes it", async () => {
	await assert.rejects(
		guard_with(editor, { in_cache: false }).guard.admit(caller()),
		/Not signed in here/
	);
	await assert.rejects(
		guard_with(editor, { in_cache: null }).guard.admit(caller()),
		/cache does not/
	);
});

test("a session that left the cache is asked for, and ends when the server knows it no more", async () => {
	const session = { site: "demo", db_name: "db", sid: "s", user: "a@x" };
	const cleared = guard_with(editor, { in_cache: false });
	assert.equal(await cleared.guard.is_signed_in(session), true);
	const ended = guard_with(() => ({ status: 200, message: { user: "Guest" } }), {
		in_cache: false,
	});
	assert.equal(await ended.guard.is_signed_in(session), false);
	const present = guard_with(editor);
	assert.equal(await present.guard.is_signed_in(session), true);
	assert.deepEqual(
		present.asked,
		[],
		"no request, so that listening does not prolong a session"
	);
});

test("an answer counts for a minute", async () => {
	let now = 0;
	let status = 200;
	const { guard, asked } = guard_with(() => ({ status }), { now: () => now });
	const permission = { doctype: "ToDo", name: "1" };
	assert.equal(await guard.may_read({ site: "demo", sid: "s" }, permission), true);
	status = 403;
	now = 59_000;
	assert.equal(await guard.may_still_read({ site: "demo", sid: "s" }, permission), true);
	assert.equal(await guard.may_still_read({ site: "demo", sid: "other" }, permission), false);
	now = 61_000;
	assert.equal(await guard.may_still_read({ site: "demo", sid: "s" }, permission), false);
	assert.equal(asked.length, 3);
});

test("a list hears that a document is gone, a document's own room does not", async () => {
	const { guard } = guard_with((method) => ({
		status: method === "can_subscribe_doc" ? 404 : 200,
	}));
	const session = { site: "demo", sid: "s" };
	assert.equal(
		await guard.may_still_read(session, { doctype: "ToDo", name: "1", or_gone: true }),
		true
	);
	assert.equal(await guard.may_still_read(session, { doctype: "ToDo", name: "1" }), false);
});

test("questions wait for their turn", async () => {
	const run = limiter(2);
	let running = 0;
	let most = 0;
	const task = async () => {
		most = Math.max(most, ++running);
		await new Promise(setImmediate);
		running -= 1;
		throw new Error("the place is given back all the same");
	};
	const results = await Promise.allSettled(Array.from({ length: 7 }, () => run(task)));
	assert.equal(results.length, 7);
	assert.equal(most, 2);
});

test("redis may be reached by address or by socket", () => {
	assert.deepEqual(redis_options("redis://127.0.0.1:1"), { url: "redis://127.0.0.1:1" });
	assert.deepEqual(redis_options("unix:///run/r.sock?db=0"), {
		socket: { path: "/run/r.sock" },
	});
});

test("a site's name leads nowhere outside the sites folder", () => {
	const bench = { sites_path: __dirname };
	for (const name of ["..", "../node", "a/b", "", ".hidden", "a\0b"]) {
		assert.equal(site_config(bench, name), null, name);
	}
	assert.throws(() => open_bench(__dirname), /No bench/);
	assert.equal(bench_config(bench).socketio_port, 9000);
});

// What a preloaded server listens on.

const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const path = require("node:path");
const test = require("node:test");

const PRELOAD = path.join(__dirname, "..", "..", "loopback.js");

function address_of(listen) {
	const script = `
		const server = require("http").createServer();
		server.listen(${listen}, () => {
			console.log(JSON.stringify(server.address()));
			server.close();
		});`;
	return JSON.parse(execFileSync("node", ["--require", PRELOAD, "--eval", script]).toString());
}

test("a server that names no host listens on loopback only", () => {
	assert.strictEqual(address_of("0").address, "127.0.0.1");
	assert.strictEqual(address_of('"0"').address, "127.0.0.1");
});

test("a host that is named is kept", () => {
	assert.strictEqual(address_of('0, "127.0.0.2"').address, "127.0.0.2");
});

test("a Unix socket is kept", () => {
	const socket = path.join(require("os").tmpdir(), `loopback-${process.pid}.sock`);
	assert.strictEqual(address_of(JSON.stringify(socket)), socket);
});

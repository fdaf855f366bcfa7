/** The builder as bench runs it, on a small bench of its own. */
const assert = require("node:assert/strict");
const { spawnSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { after, before, test } = require("node:test");

const OVERLAY = path.join(__dirname, "../../overlay");
const MODULES = path.resolve(require.resolve("esbuild/package.json"), "../..");
const root = fs.mkdtempSync(path.join(os.tmpdir(), "build-"));
const assets = path.join(root, "sites/assets");

function write(file, text) {
	const full_path = path.join(root, file);
	fs.mkdirSync(path.dirname(full_path), { recursive: true });
	fs.writeFileSync(full_path, text);
}
function build(...args) {
	const cwd = path.join(root, "apps/frappe");
	return spawnSync(process.execPath, ["esbuild", ...args], { cwd, encoding: "utf8" });
}
function built(...args) {
	const { status, stderr } = build(...args);
	assert.equal(status, 0, stderr);
}
const list = (name = "assets.json") =>
	JSON.parse(fs.readFileSync(path.join(assets, name), "utf8"));
const text_of = (url) => fs.readFileSync(path.join(root, "sites", url), "utf8");
const dist = (app, folder) => fs.readdirSync(path.join(assets, app, "dist", folder)).sort();

before(() => {
	fs.cpSync(OVERLAY, path.join(root, "apps/frappe"), { recursive: true });
	fs.symlinkSync(MODULES, path.join(root, "apps/frappe/node_modules"));
	write("sites/apps.txt", "frappe\nshop\n");
	write("sites/common_site_config.json", "{}");
	write(
		"apps/frappe/frappe/public/js/desk.bundle.js",
		'import "./row.html"; import { h } from "vue"; h("p");'
	);
	write("apps/frappe/frappe/public/js/row.html", "<p>row</p>");
	write("apps/frappe/frappe/public/scss/shade.scss", "$shade: #123456;");
	write(
		"apps/shop/shop/public/scss/shop.bundle.scss",
		'@import "frappe/public/scss/shade"; @import "~bootstrap/scss/functions";' +
			"p { margin-left: 7px; color: $shade; background: url(/assets/shop/x.svg); user-select: none }"
	);
	write(
		"apps/shop/shop/public/js/till.bundle.js",
		'import Till from "./Till.vue"; import "../css/till.css"; window.till = Till;'
	);
	write(
		"apps/shop/shop/public/js/Till.vue",
		"<script setup>const sum = 1;</script><template><b>{{ sum }}</b></template>" +
			'<style lang="scss">.till { b { color: red } }</style>'
	);
	write("apps/shop/shop/public/css/till.css", ".drawer { color: blue }");
});
after(() => fs.rmSync(root, { recursive: true }));

test("all bundles of all apps are built and listed", () => {
	built();
	const { "desk.bundle.js": desk, "shop.bundle.css": shop, ...others } = list();
	assert.match(desk, /^\/assets\/frappe\/dist\/js\/desk\.bundle\.[0-9A-F]{8}\.js$/);
	assert.match(text_of(desk), /frappe\.templates\["row"\] = .<p>row<\/p>./);
	assert.match(text_of(shop), /margin-left: 7px/);
	assert.match(text_of(shop), /#123456/);
	assert.match(text_of(shop), /url\(\/assets\/shop\/x\.svg\)/);
	assert.match(text_of(shop), /-webkit-user-select: none/);
	assert.deepEqual(Object.keys(others), ["till.bundle.js"]);
	const right_to_left = list("assets-rtl.json")["rtl_shop.bundle.css"];
	assert.match(right_to_left, /\/css-rtl\//);
	assert.match(text_of(right_to_left), /margin-right: 7px/);
});

test("styles that a script imports travel inside it", () => {
	const script = text_of(list()["till.bundle.js"]);
	assert.match(script.split("\n")[0], /createElement\("style"\).*\.till b.*\.drawer/);
	assert.deepEqual(
		dist("shop", "js").filter((file) => file.endsWith(".css")),
		[]
	);
});

test("a change of only those styles changes the script's address", () => {
	const before_change = list()["till.bundle.js"];
	write("apps/shop/shop/public/css/till.css", ".drawer { color: green }");
	built("--apps", "shop");
	assert.notEqual(list()["till.bundle.js"], before_change);
	assert.equal(
		dist("shop", "js").length,
		2,
		"the script that was replaced is gone, with its map"
	);
});

test("building one app or one file leaves the rest listed", () => {
	const all = list();
	built("--apps", "shop", "--production");
	assert.equal(list()["desk.bundle.js"], all["desk.bundle.js"]);
	assert.notEqual(list()["till.bundle.js"], all["till.bundle.js"], "minified");
	built("--files", "shop/till.bundle.js");
	assert.deepEqual(Object.keys(list()), Object.keys(all));
	assert.equal(list()["till.bundle.js"], all["till.bundle.js"]);
});

test("a failed build says why, exits non-zero, and changes nothing", () => {
	const all = list();
	write("apps/shop/shop/public/scss/shop.bundle.scss", "p { color: $nothing }");
	const { status, stderr } = build();
	assert.equal(status, 1);
	assert.match(stderr, /Undefined variable/);
	assert.match(stderr, /Build failed/);
	assert.deepEqual(list(), all);
	Object.values(all).forEach(text_of);
});

test("what is gone from the sources is gone from the list and from dist", () => {
	fs.rmSync(path.join(root, "apps/shop/shop/public/scss/shop.bundle.scss"));
	built("--apps", "shop");
	assert.deepEqual(Object.keys(list()), ["desk.bundle.js", "till.bundle.js"]);
	assert.deepEqual(list("assets-rtl.json"), {});
	assert.deepEqual(dist("shop", "css"), []);
});

test("an app's own build command runs when asked for, and its failure is ours", () => {
	const bin = path.join(root, "bin");
	fs.mkdirSync(bin);
	fs.writeFileSync(
		path.join(bin, "yarn"),
		"#!/bin/sh\npwd > ran; ! grep -q fail package.json\n",
		{
			mode: 0o755,
		}
	);
	const env_path = process.env.PATH;
	process.env.PATH = `${bin}:${env_path}`;
	try {
		write("apps/shop/package.json", '{"scripts": {"build": "vite build"}}');
		const { status: quiet } = build("--run-build-command");
		assert.equal(quiet, 0);
		assert.ok(fs.existsSync(path.join(root, "apps/shop/ran")));
		write("apps/shop/package.json", '{"scripts": {"build": "fail"}}');
		assert.match(build("--run-build-command").stderr, /build command of shop failed/);
	} finally {
		process.env.PATH = env_path;
	}
});

test("what the release of a package on npm lacks comes right behind it", () => {
	write(
		"apps/shop/shop/public/js/picker.bundle.js",
		'import "air-datepicker/dist/js/datepicker.min.js"; window.picker_is_ready = true;'
	);
	built("--files", "shop/picker.bundle.js");
	const script = text_of(list()["picker.bundle.js"]);
	const places = ["2.2.3", "secondsStep", "picker_is_ready"].map((text) => script.indexOf(text));
	assert.ok(!places.includes(-1));
	assert.deepEqual(
		places,
		[...places].sort((a, b) => a - b)
	);
	assert.match(script.split("\n")[0], /time-current-seconds/, "with its styles");
});

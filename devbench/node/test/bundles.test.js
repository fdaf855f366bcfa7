const assert = require("node:assert/strict");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { test } = require("node:test");
const bundles = require("../../overlay/esbuild/bundles");
const { read_options } = require("../../overlay/esbuild/options");
const { shift_map, style_injection } = require("../../overlay/esbuild/outputs");
const { template_module } = require("../../overlay/esbuild/plugins/html_template");

function bench_with(t, files) {
	const root = fs.mkdtempSync(path.join(os.tmpdir(), "bundles-"));
	t.after(() => fs.rmSync(root, { recursive: true }));
	for (const file of files) {
		const full_path = path.join(root, "apps/shop/shop/public", file);
		fs.mkdirSync(path.dirname(full_path), { recursive: true });
		fs.writeFileSync(full_path, "");
	}
	return { apps_path: path.join(root, "apps"), apps: ["shop"] };
}
const names = (found) => [...Object.keys(found.scripts), ...Object.keys(found.styles)];

test("a bundle is asked for by its built kind", () => {
	assert.equal(bundles.asset_key("a/b/desk.bundle.scss"), "desk.bundle.css");
	assert.equal(bundles.asset_key("desk.bundle.ts"), "desk.bundle.js");
	assert.equal(bundles.asset_key("desk.bundle.js"), "desk.bundle.js");
});

test("the name changes with the content and only with it", () => {
	const name = bundles.hashed_name("desk.bundle.js", "a");
	assert.match(name, /^desk\.bundle\.[0-9A-F]{8}\.js$/);
	assert.equal(bundles.hashed_name("desk.bundle.js", "a"), name);
	assert.notEqual(bundles.hashed_name("desk.bundle.js", "b"), name);
});

test("only our own outputs have a stem", () => {
	assert.equal(bundles.stem_of("desk.bundle.0A1B2C3D.js"), "desk.bundle");
	assert.equal(bundles.stem_of("desk.bundle.0A1B2C3D.js.map"), "desk.bundle");
	assert.equal(bundles.stem_of("desk.bundle.css"), null);
	assert.equal(bundles.stem_of("index.0A1B2C3D.js"), null);
});

test("bundles are found at any depth, but not in dist or node_modules", (t) => {
	const bench = bench_with(t, [
		"js/shop.bundle.js",
		"js/deep/er/till.bundle.ts",
		"scss/shop.bundle.scss",
		"dist/js/shop.bundle.0A1B2C3D.js",
		"node_modules/x/x.bundle.js",
		"js/plain.js",
	]);
	const found = names(bundles.find_bundles(bench, ["shop"]));
	assert.deepEqual(found.sort(), ["shop/shop.bundle", "shop/shop.bundle", "shop/till.bundle"]);
});

test("single bundles are named by source or by key, and must exist", (t) => {
	const bench = bench_with(t, ["shop.bundle.js", "shop.bundle.scss"]);
	const find = (name) => bundles.find_bundles(bench, ["shop"], [{ app: "shop", name }]);
	assert.deepEqual(Object.keys(find("shop.bundle.css").styles), ["shop/shop.bundle"]);
	assert.deepEqual(Object.keys(find("shop.bundle.css").scripts), []);
	assert.deepEqual(Object.keys(find("shop.bundle.scss").styles), ["shop/shop.bundle"]);
	assert.throws(() => find("gone.bundle.js"), /No such bundle: shop\/gone/);
});

test("two sources for one name are refused, and so is a kind we cannot build", (t) => {
	const twins = bench_with(t, ["a/shop.bundle.js", "b/shop.bundle.ts"]);
	assert.throws(() => bundles.find_bundles(twins, ["shop"]), /Two sources/);
	const less = bench_with(t, ["shop.bundle.less"]);
	assert.throws(() => bundles.find_bundles(less, ["shop"]), /not supported/);
});

test("options are those of bench build", () => {
	const apps = ["frappe", "shop"];
	assert.deepEqual(read_options(["--apps", "shop", "--run-build-command"], apps).apps, ["shop"]);
	assert.deepEqual(read_options(["--skip_frappe"], apps).apps, ["shop"]);
	const some = read_options(["--files", "frappe/a.bundle.js,shop/b.bundle.css"], apps);
	assert.deepEqual(some.apps, apps);
	assert.deepEqual(some.files[1], { app: "shop", name: "b.bundle.css" });
	assert.throws(() => read_options(["--apps", "gone"], apps), /Not in sites\/apps.txt: gone/);
	assert.throws(() => read_options(["--nonsense"], apps), /--nonsense/);
});

test("a template arrives as a template literal reads it, with nothing filled in", () => {
	const read = (html) => {
		const frappe = { templates: {} };
		new Function("frappe", template_module("x/print_row.html", html))(frappe);
		return frappe.templates.print_row;
	};
	const html = "<p title=\"a\">`${b}` 'c'</p>\n<script>1</script>";
	assert.equal(read(html), html);
	assert.equal(read("{%= a.replace(/#/g, \\'%23\\') %}"), "{%= a.replace(/#/g, '%23') %}");
});

test("styles of a script are added to the page by one line before it", () => {
	const css = 'a::after { content: "\\201c"; }\n/* </style> */';
	const line = style_injection("shop.bundle", css);
	assert.equal(line.split("\n").length, 2);

	const style = { dataset: {} };
	const added = [];
	const document = {
		createElement: () => style,
		head: { appendChild: (node) => added.push(node) },
	};
	new Function("document", line)(document);
	assert.deepEqual(added, [style]);
	assert.equal(style.textContent, css);
	assert.equal(style.dataset.bundle, "shop.bundle");
	assert.equal(JSON.parse(shift_map('{"version":3,"mappings":"AAAA"}')).mappings, ";AAAA");
});

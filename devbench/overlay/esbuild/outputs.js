/** From esbuild's outputs in memory to files in dist and to sites/assets/assets.json. */
const fs = require("fs");
const path = require("path");
const { read_json } = require("../bench");
const { hashed_name, public_path, stem_of } = require("./bundles");

const DIST_FOLDERS = ["js", "css", "css-rtl"];

/**
 * A script that adds a style element to the page, on one line.
 *
 * A page asks for a script bundle by name and gets that one file. Styles that the script imports
 * would stay behind in a file that nothing asks for: so they travel inside the script.
 */
function style_injection(stem, css) {
	return (
		`(function(){var s=document.createElement("style");` +
		`s.dataset.bundle=${JSON.stringify(stem)};s.textContent=${JSON.stringify(css)};` +
		`document.head.appendChild(s)})();\n`
	);
}

/** The source map of a script that moved down by one line. */
function shift_map(map, lines = 1) {
	const shifted = JSON.parse(map);
	return JSON.stringify({ ...shifted, mappings: ";".repeat(lines) + shifted.mappings });
}

/**
 * Gives each bundle its final name and text.
 *
 * The hash in the name is of the whole text, imported styles included: whatever changes for the
 * reader changes the address, so that no cache serves yesterday's.
 *
 * @param {object} bench
 * @param {import("esbuild").BuildResult} result of a build with `write: false` and `metafile: true`
 * @returns {{app: string, folder: string, stem: string, key: string, name: string, text: string,
 *          map: string|null}[]}
 */
function finish_bundles(bench, { metafile, outputFiles }) {
	const text_of = Object.fromEntries(outputFiles.map((file) => [file.path, file.text]));
	const bundles = [];

	for (const [output, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
		if (!entryPoint) continue;
		const file = path.resolve(bench.root, output);
		// …/sites/assets/<app>/dist/<folder>/<stem>.<extension>
		const [app, , folder, base] = path.relative(bench.assets_path, file).split(path.sep);
		const stem = path.basename(base, path.extname(base));

		let text = text_of[file];
		let map = text_of[`${file}.map`] ?? null;
		if (cssBundle) {
			text = style_injection(stem, text_of[path.resolve(bench.root, cssBundle)]) + text;
			map &&= shift_map(map);
		}
		const name = hashed_name(base, text);
		if (map) text += `//# sourceMappingURL=${name}.map\n`;
		const key = folder === "css-rtl" ? `rtl_${base}` : base;
		bundles.push({ app, folder, stem, key, name, text, map });
	}
	return bundles;
}

/**
 * Writes bundles and lists them; what they replace goes last, so that at no moment a page asks for
 * a file that is not there.
 *
 * @param {boolean} complete whether these are all bundles of their apps: others of those apps go
 */
function publish(bench, apps, bundles, { complete }) {
	apps.forEach((app) => link_public_folder(bench, app));
	bundles.forEach((bundle) => write_bundle(bench, bundle));

	for (const [list, is_listed] of [
		["assets.json", (bundle) => bundle.folder !== "css-rtl"],
		["assets-rtl.json", (bundle) => bundle.folder === "css-rtl"],
	]) {
		const file = path.join(bench.assets_path, list);
		const gone = (app) => !bench.apps.includes(app) || (complete && apps.includes(app));
		const kept = Object.entries(read_json(file)).filter(([, url]) => !gone(url.split("/")[2]));
		const added = bundles.filter(is_listed).map((bundle) => [bundle.key, url_of(bundle)]);
		const merged = Object.entries(Object.fromEntries([...kept, ...added])).sort();
		write_atomically(file, `${JSON.stringify(Object.fromEntries(merged), null, "\t")}\n`);
	}
	remove_replaced(bench, apps, bundles, { complete });
}

const url_of = ({ app, folder, name }) => `/assets/${app}/dist/${folder}/${name}`;

/** sites/assets/<app> is a link to the app's public folder; Frappe makes it, unless we come first. */
function link_public_folder(bench, app) {
	const source = public_path(bench, app);
	const link = path.join(bench.assets_path, app);
	fs.mkdirSync(bench.assets_path, { recursive: true });
	if (fs.existsSync(source) && !fs.existsSync(link)) fs.symlinkSync(source, link);
}

function write_bundle(bench, { app, folder, name, text, map }) {
	const dist = path.join(bench.assets_path, app, "dist", folder);
	fs.mkdirSync(dist, { recursive: true });
	write_atomically(path.join(dist, name), text);
	if (map) write_atomically(path.join(dist, `${name}.map`), map);
}

/** A reader sees the old file or the new one, never half of it. */
function write_atomically(file, text) {
	fs.writeFileSync(`${file}.part`, text);
	fs.renameSync(`${file}.part`, file);
}

function remove_replaced(bench, apps, bundles, { complete }) {
	for (const app of apps) {
		for (const folder of DIST_FOLDERS) {
			const dist = path.join(bench.assets_path, app, "dist", folder);
			const ours = bundles.filter(
				(bundle) => bundle.app === app && bundle.folder === folder
			);
			const names = new Set(ours.flatMap(({ name }) => [name, `${name}.map`]));
			const stems = new Set(ours.map(({ stem }) => stem));
			for (const file of fs.existsSync(dist) ? fs.readdirSync(dist) : []) {
				const stem = stem_of(file);
				if (!stem || names.has(file) || !(complete || stems.has(stem))) continue;
				fs.rmSync(path.join(dist, file), { force: true });
			}
		}
	}
}

module.exports = { finish_bundles, publish, style_injection, shift_map };

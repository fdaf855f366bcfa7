/** What a bundle is, and what its names are: in the sources, in dist, and in assets.json. */
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { BuildError } = require("./build_error");

const SCRIPT = /\.bundle\.(js|jsx|ts|tsx)$/;
const STYLE = /\.bundle\.(css|scss|sass)$/;
const UNSUPPORTED = /\.bundle\.(less|styl)$/;
const NOT_SOURCES = new Set(["node_modules", "dist"]);

const public_path = (bench, app) => path.join(bench.apps_path, app, app, "public");

function* walk(folder) {
	for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
		const full_path = path.join(folder, entry.name);
		if (entry.isDirectory() && !NOT_SOURCES.has(entry.name)) yield* walk(full_path);
		else if (entry.isFile()) yield full_path;
	}
}

/**
 * All bundles below the public folders of some apps.
 *
 * @param {{app: string, name: string}[]} only if not empty, just these; a stylesheet may be named
 *        by its source (desk.bundle.scss) or by its key in assets.json (desk.bundle.css)
 * @returns {{scripts: Object<string, string>, styles: Object<string, string>}} source file by stem,
 *        where a stem is "<app>/<stem of the file>", such as "frappe/desk.bundle"
 * @throws {BuildError} if two sources would become the same file, one is of a kind we cannot build,
 *         or one that was asked for is not there
 */
function find_bundles(bench, apps, only = []) {
	const found = { scripts: {}, styles: {} };
	const wanted = new Set(only.map(({ app, name }) => `${app}/${asset_key(name)}`));
	const missing = new Set(wanted);

	for (const app of apps) {
		const folder = public_path(bench, app);
		if (!fs.existsSync(folder)) continue;
		for (const file of walk(folder)) {
			const kind = SCRIPT.test(file) ? "scripts" : STYLE.test(file) ? "styles" : null;
			if (UNSUPPORTED.test(file))
				throw new BuildError(`Less and Stylus are not supported: ${file}`);
			const key = `${app}/${asset_key(file)}`;
			missing.delete(key);
			if (!kind || (wanted.size && !wanted.has(key))) continue;

			const stem = `${app}/${path.basename(file, path.extname(file))}`;
			const twin = found[kind][stem];
			if (twin) throw new BuildError(`Two sources for one bundle: ${twin} and ${file}`);
			found[kind][stem] = file;
		}
	}
	if (missing.size) throw new BuildError(`No such bundle: ${[...missing].join(", ")}`);
	return found;
}

/** The name by which pages ask for a bundle: desk.bundle.scss is asked for as desk.bundle.css. */
function asset_key(source) {
	return path.basename(source).replace(SCRIPT, ".bundle.js").replace(STYLE, ".bundle.css");
}

/** desk.bundle.js and its content -> desk.bundle.1A2B3C4D.js: a changed file has a new address. */
function hashed_name(name, content) {
	const hash = crypto.createHash("sha256").update(content).digest("hex").slice(0, 8);
	const extension = path.extname(name);
	return `${path.basename(name, extension)}.${hash.toUpperCase()}${extension}`;
}

/** The stem of a file that `hashed_name` named ("desk.bundle"), or null if it is no such file. */
function stem_of(file_name) {
	return /^(.+\.bundle)\.[0-9A-Z]{8}\.(?:js|css)(?:\.map)?$/.exec(file_name)?.[1] ?? null;
}

module.exports = { find_bundles, asset_key, hashed_name, stem_of, public_path };

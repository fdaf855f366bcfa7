const fs = require("fs");
const path = require("path");
const { fileURLToPath, pathToFileURL } = require("url");
const sass = require("sass-embedded");

/** The node_modules folders of a bench's apps, Frappe's first. */
function module_folders(bench) {
	return bench.apps
		.map((app) => path.join(bench.apps_path, app, "node_modules"))
		.filter((folder) => fs.existsSync(folder));
}

/** The folders of the apps themselves: "frappe/public/scss/…" can be imported from anywhere. */
const app_folders = (bench) => bench.apps.map((app) => path.join(bench.apps_path, app));

/** Deprecations in libraries of 2023 are no news to anyone who builds them; the rest is. */
const logger = {
	warn(message, { deprecation, span }) {
		if (!deprecation)
			console.warn(`sass: ${message} (${span?.url?.pathname ?? "unknown file"})`);
	},
};

/** Sass options that resolve imports as Frappe's stylesheets write them ("~bootstrap/scss/…"). */
function sass_options(bench) {
	const modules = module_folders(bench);
	const in_modules = modules.map((folder) => ({
		findFileUrl: (url) =>
			url.startsWith("~") ? pathToFileURL(path.join(folder, url.slice(1))) : null,
	}));
	return {
		importers: in_modules,
		loadPaths: [...modules, ...app_folders(bench)],
		quietDeps: true,
		logger,
	};
}

/**
 * A compile function that remembers: the left-to-right and the right-to-left build want the same
 * result, and in watch mode most stylesheets did not change.
 *
 * @returns {(file: string) => Promise<{css: string, files: string[]}>} css, and every file in it
 */
function sass_compiler(bench) {
	const options = sass_options(bench);
	const results = new Map();
	const stamp = (files) => files.map((file) => fs.statSync(file).mtimeMs).join();

	async function compile(file) {
		const { css, loadedUrls } = await sass.compileAsync(file, options);
		const files = loadedUrls.filter((url) => url.protocol === "file:").map(fileURLToPath);
		return { css, files, stamped: stamp(files) };
	}
	async function is_current(result) {
		try {
			const { files, stamped } = await result;
			return stamped === stamp(files);
		} catch {
			return false;
		}
	}
	return async (file) => {
		const known = results.get(file);
		if (known && (await is_current(known))) return known;

		results.set(file, compile(file));
		return results.get(file);
	};
}

module.exports = { sass_compiler, sass_options, module_folders, app_folders };

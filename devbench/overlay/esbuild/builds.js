const path = require("path");
const vue = require("esbuild-plugin-vue3");
const { html_template } = require("./plugins/html_template");
const { package_additions } = require("./plugins/package_additions");
const served_assets = require("./plugins/served_assets");
const { stylesheet } = require("./plugins/stylesheet");
const { app_folders, module_folders, sass_compiler } = require("./sass_compiler");

// small pictures and fonts that a stylesheet names relative to itself travel inside it
const INLINED = [".gif", ".jpg", ".png", ".svg", ".ttf", ".woff", ".woff2"];

/**
 * The esbuild options of the three builds: scripts, styles, and styles from right to left.
 *
 * @param {{scripts: Object<string, string>, styles: Object<string, string>}} bundles
 * @param {{production: boolean, watch: boolean}} options
 * @returns {import("esbuild").BuildOptions[]} without those that have nothing to build
 */
function plan_builds(bench, bundles, { production, watch }) {
	const compile_sass = sass_compiler(bench);
	const mode = production ? "production" : "development";
	const shared = {
		absWorkingDir: bench.root,
		outdir: bench.assets_path,
		bundle: true,
		write: false, // names and contents are finished in outputs.js
		metafile: true,
		minify: production,
		target: "es2017",
		nodePaths: [...module_folders(bench), ...app_folders(bench)],
		loader: Object.fromEntries(INLINED.map((extension) => [extension, "dataurl"])),
		define: {
			"process.env.NODE_ENV": JSON.stringify(mode),
			__VUE_OPTIONS_API__: "true",
			__VUE_PROD_DEVTOOLS__: "false",
		},
		logLevel: "error",
	};
	const styles = (folder, rtl) => ({
		...shared,
		entryPoints: entry_points(bundles.styles, folder),
		plugins: [served_assets, stylesheet({ compile_sass, rtl })],
	});
	return [
		{
			...shared,
			entryPoints: entry_points(bundles.scripts, "js"),
			sourcemap: "external",
			// the Vue plugin's cache never looks at the file again
			plugins: [
				vue({ disableCache: watch }),
				html_template,
				package_additions(),
				served_assets,
				stylesheet({ compile_sass }),
			],
		},
		styles("css", false),
		styles("css-rtl", true),
	].filter((build) => Object.keys(build.entryPoints).length);
}

function entry_points(sources, folder) {
	return Object.fromEntries(
		Object.entries(sources).map(([stem, file]) => {
			const [app, name] = stem.split("/");
			return [path.posix.join(app, "dist", folder, name), file];
		})
	);
}

module.exports = { plan_builds };

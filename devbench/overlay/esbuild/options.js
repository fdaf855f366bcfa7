const { parseArgs } = require("util");
const { BuildError } = require("./build_error");

// spelt as `bench build` and `bench watch` pass them
const OPTIONS = {
	apps: { type: "string" },
	files: { type: "string" },
	skip_frappe: { type: "boolean" },
	production: { type: "boolean" },
	watch: { type: "boolean" },
	"live-reload": { type: "boolean" },
	"run-build-command": { type: "boolean" },
	"save-metafiles": { type: "boolean" },
};

const USAGE = `Usage: node esbuild [options]

  --apps a,b            build only these apps (default: all of sites/apps.txt)
  --skip_frappe         leave Frappe's own bundles as they are
  --files a/x.bundle.js build only these bundles, each as app/file name
  --production          minify
  --watch               build again whenever a source changes
  --live-reload         with --watch: reload the desk after each build
  --run-build-command   afterwards run the "build" script of each app's package.json
  --save-metafiles      write esbuild's account of each bundle to meta-<time>.json`;

const comma_list = (text) => (text ? text.split(",").map((part) => part.trim()) : []);

/**
 * @param {string[]} argv arguments after `node esbuild`
 * @param {string[]} known_apps the bench's apps
 * @throws {BuildError} for an unknown option or app
 */
function read_options(argv, known_apps) {
	const values = parse(argv);
	const files = comma_list(values.files).map((file) => {
		const [app, ...name] = file.split("/");
		if (!name.length) throw new BuildError(`--files wants app/name, not "${file}"`);
		return { app, name: name.pop() };
	});
	const named_apps = files.length ? files.map((file) => file.app) : comma_list(values.apps);
	const unknown = named_apps.filter((app) => !known_apps.includes(app));
	if (unknown.length) throw new BuildError(`Not in sites/apps.txt: ${unknown.join(", ")}`);

	const apps = named_apps.length ? [...new Set(named_apps)] : known_apps;
	return {
		apps: apps.filter((app) => !(values.skip_frappe && app === "frappe")),
		files,
		production: Boolean(values.production),
		watch: Boolean(values.watch),
		live_reload: Boolean(values["live-reload"]),
		run_build_command: Boolean(values["run-build-command"]) && !values.watch,
		save_metafiles: Boolean(values["save-metafiles"]),
	};
}

function parse(argv) {
	try {
		return parseArgs({ args: argv, options: OPTIONS }).values;
	} catch (error) {
		throw new BuildError(`${error.message}\n\n${USAGE}`);
	}
}

module.exports = { read_options, USAGE };

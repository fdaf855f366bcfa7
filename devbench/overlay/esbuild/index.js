/** Builds the *.bundle.* files of every app in the bench: see `node esbuild --help`. */
const { spawnSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const esbuild = require("esbuild");
const { open_bench, read_json } = require("../bench");
const { announce_build, forget_assets_list } = require("./bench_redis");
const { BuildError } = require("./build_error");
const { plan_builds } = require("./builds");
const { find_bundles } = require("./bundles");
const { read_options, USAGE } = require("./options");
const { finish_bundles, publish } = require("./outputs");

async function build_once(bench, options, builds) {
	// all of them run to their end: one look shows every error
	const results = await Promise.allSettled(builds.map((build) => esbuild.build(build)));
	const failures = results.filter((result) => result.status === "rejected");
	if (failures.length) throw build_error(failures.map((failure) => failure.reason));

	const values = results.map((result) => result.value);
	const bundles = values.flatMap((result) => finish_bundles(bench, result));
	publish(bench, options.apps, bundles, { complete: !options.files.length });
	await forget_assets_list(bench);
	if (options.save_metafiles) save_metafiles(values);
	return bundles;
}

/** esbuild has shown its own errors already; any other is shown here. */
function build_error(reasons) {
	reasons.filter((reason) => !reason.errors).forEach((reason) => console.error(reason));
	const count = reasons.reduce((sum, reason) => sum + (reason.errors?.length ?? 1), 0);
	return new BuildError(
		`Build failed with ${count} error(s). The assets are as they were before.`
	);
}

function save_metafiles(results) {
	const inputs = Object.assign({}, ...results.map((result) => result.metafile.inputs));
	const outputs = Object.assign({}, ...results.map((result) => result.metafile.outputs));
	const file = `meta-${Date.now()}.json`;
	fs.writeFileSync(file, JSON.stringify({ inputs, outputs }));
	console.log(`Saved ${file}`);
}

function print_bundles(bundles) {
	const kilobytes = (text) => (Buffer.byteLength(text) / 1000).toFixed(1).padStart(9);
	for (const { app, folder, name, text } of bundles) {
		console.log(`${kilobytes(text)} kB  ${app}/dist/${folder}/${name}`);
	}
}

/** Some apps build more than bundles (a front end of their own), by their package.json. */
function run_build_commands(bench, apps) {
	for (const app of apps.filter((name) => name !== "frappe")) {
		const folder = path.join(bench.apps_path, app);
		if (!read_json(path.join(folder, "package.json")).scripts?.build) continue;
		console.log(`\nRunning the build command of ${app}`);
		const { status } = spawnSync("yarn", ["run", "build"], { cwd: folder, stdio: "inherit" });
		if (status !== 0) throw new BuildError(`The build command of ${app} failed.`);
	}
}

async function watch(bench, options, builds) {
	for (const build of builds) {
		const context = await esbuild.context({
			...build,
			plugins: [...build.plugins, publish_each_build(bench, options)],
		});
		await context.watch();
	}
	console.log("Watching for changes …");
}

const publish_each_build = (bench, { apps, live_reload }) => ({
	name: "publish-each-build",
	setup(build) {
		let earlier = new Set();
		build.onEnd(async (result) => {
			if (result.errors.length) {
				const formatted = await esbuild.formatMessages(result.errors, { kind: "error" });
				await announce_build(bench, { error: true, formatted, stack: "" });
				return;
			}
			const bundles = finish_bundles(bench, result);
			publish(bench, apps, bundles, { complete: false });
			await forget_assets_list(bench);

			const changed = bundles.filter(({ name }) => !earlier.has(name));
			earlier = new Set(bundles.map(({ name }) => name));
			print_bundles(changed);
			const changed_files = changed.map(({ name }) => name);
			await announce_build(bench, { success: true, changed_files, live_reload });
		});
	},
});

async function main(argv) {
	if (argv.includes("--help")) return console.log(USAGE);

	const started = Date.now();
	const bench = open_bench();
	const options = read_options(argv, bench.apps);
	const builds = plan_builds(bench, find_bundles(bench, options.apps, options.files), options);
	if (options.watch) return watch(bench, options, builds);

	const bundles = await build_once(bench, options, builds);
	print_bundles(bundles);
	console.log(
		`Built ${bundles.length} files in ${((Date.now() - started) / 1000).toFixed(1)} s`
	);
	if (options.run_build_command) run_build_commands(bench, options.apps);
}

main(process.argv.slice(2)).catch((error) => {
	console.error(error instanceof BuildError ? error.message : error);
	process.exit(1);
});

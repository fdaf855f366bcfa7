const path = require("path");

/**
 * Where Frappe counts on a fork of its own that no registry has: what the release on npm lacks,
 * by the import it follows.
 */
const ADDITIONS = {
	"air-datepicker/dist/js/datepicker.min.js": "datepicker_seconds.js",
};

/** Bundles each package together with what we add to it, the package first. */
function package_additions(additions = ADDITIONS, folder = path.join(__dirname, "../additions")) {
	const namespace = "package-additions";
	const escaped = Object.keys(additions).map((name) =>
		name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
	);

	return {
		name: namespace,
		setup(build) {
			build.onResolve({ filter: new RegExp(`^(${escaped.join("|")})$`) }, (request) => {
				// asked by the pair itself: now the package is meant
				if (request.namespace === namespace) return;
				const { path, resolveDir } = request;
				return { path, namespace, pluginData: { resolveDir } };
			});
			build.onLoad({ filter: /.*/, namespace }, ({ path: request, pluginData }) => ({
				contents: [request, path.join(folder, additions[request])]
					.map((module) => `import ${JSON.stringify(module)};\n`)
					.join(""),
				resolveDir: pluginData.resolveDir,
			}));
		},
	};
}

module.exports = { package_additions };

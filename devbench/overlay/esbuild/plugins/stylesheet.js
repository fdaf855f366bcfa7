const fs = require("fs/promises");
const path = require("path");
const rtlcss = require("rtlcss");

/**
 * Sass, and what mirrors sheets for languages written from right to left.
 *
 * esbuild itself reads plain CSS and adds the vendor prefixes (by its `target`).
 *
 * @param {(file: string) => Promise<{css: string, files: string[]}>} compile_sass
 * @param {boolean} rtl mirror all sheets
 */
function stylesheet({ compile_sass, rtl = false }) {
	const read = async (file) =>
		file.endsWith(".css")
			? { css: await fs.readFile(file, "utf8"), files: [file] }
			: compile_sass(file);

	async function load({ path: file }) {
		try {
			const { css, files } = await read(file);
			return {
				contents: rtl ? rtlcss.process(css) : css,
				loader: "css",
				resolveDir: path.dirname(file),
				watchFiles: files,
			};
		} catch (error) {
			// Sass and PostCSS say where and what in their message; their stack helps nobody
			return { errors: [{ text: error.message, location: { file } }], watchFiles: [file] };
		}
	}

	return {
		name: "stylesheet",
		setup(build) {
			const filter = rtl ? /\.(css|scss|sass)$/ : /\.(scss|sass)$/;
			build.onLoad({ filter, namespace: "file" }, load);
		},
	};
}

module.exports = { stylesheet };

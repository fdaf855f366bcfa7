const fs = require("fs/promises");
const path = require("path");
const postcss = require("postcss");
const autoprefixer = require("autoprefixer");
const rtlcss = require("rtlcss");

// named here, so that no file outside the bench has a say in it
const BROWSERS = ["> 0.5%", "last 2 versions", "Firefox ESR", "not dead"];

/**
 * Sass and plain CSS, with vendor prefixes.
 *
 * @param {(file: string) => Promise<{css: string, files: string[]}>} compile_sass
 * @param {boolean} rtl mirror the sheet for languages written from right to left
 */
function stylesheet({ compile_sass, rtl = false }) {
	const prefixes = autoprefixer({ overrideBrowserslist: BROWSERS });
	const processor = postcss(rtl ? [rtlcss, prefixes] : [prefixes]);

	async function load({ path: file }) {
		try {
			const { css, files } = file.endsWith(".css")
				? { css: await fs.readFile(file, "utf8"), files: [file] }
				: await compile_sass(file);
			const result = await processor.process(css, { from: file });
			return {
				contents: result.css,
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
			build.onLoad({ filter: /\.(css|scss|sass)$/, namespace: "file" }, load);
		},
	};
}

module.exports = { stylesheet };

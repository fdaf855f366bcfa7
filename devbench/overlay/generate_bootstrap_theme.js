/**
 * Compiles a Website Theme: node generate_bootstrap_theme.js <css file to write> <scss text>
 *
 * Frappe writes the line ends of the text as \n, and takes any word on stderr for a failure.
 */
const fs = require("fs");
const sass = require("sass-embedded");
const { open_bench } = require("./bench");
const { sass_options } = require("./esbuild/sass_compiler");

async function compile_theme(output_file, scss) {
	const { css } = await sass.compileStringAsync(scss.replace(/\\n/g, "\n"), {
		...sass_options(open_bench()),
		style: "compressed",
		logger: sass.Logger.silent,
	});
	fs.writeFileSync(output_file, css);
}

compile_theme(process.argv[2], process.argv[3]).catch((error) => {
	console.error(error.message);
	process.exit(1);
});

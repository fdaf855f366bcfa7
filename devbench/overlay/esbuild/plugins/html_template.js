const fs = require("fs/promises");
const path = require("path");

/** `import "./toolbar.html"` puts the file's text at frappe.templates["toolbar"]. */
const html_template = {
	name: "html-template",
	setup(build) {
		build.onLoad({ filter: /\.html$/ }, async ({ path: file }) => ({
			contents: template_module(file, await fs.readFile(file, "utf8")),
			loader: "js",
		}));
	},
};

/** JSON quotes all that a script could trip over, so that the template arrives unchanged. */
function template_module(file, html) {
	const name = path.basename(file).split(".")[0];
	return `frappe.templates[${JSON.stringify(name)}] = ${JSON.stringify(html)};\n`;
}

module.exports = { html_template, template_module };

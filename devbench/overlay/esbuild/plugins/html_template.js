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

/**
 * Frappe's templates count on being read as a template literal: their \' is to arrive as '. What
 * would end the literal or be filled in by it arrives as it is.
 */
function template_module(file, html) {
	const name = path.basename(file).split(".")[0];
	const literal = html.replace(/`|\$\{/g, "\\$&");
	return `frappe.templates[${JSON.stringify(name)}] = \`${literal}\`;\n`;
}

module.exports = { html_template, template_module };

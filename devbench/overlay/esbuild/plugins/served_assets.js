/** Addresses such as url(/assets/frappe/icons/x.svg) are the web server's: left as they are. */
module.exports = {
	name: "served-assets",
	setup(build) {
		build.onResolve({ filter: /^\/assets\// }, ({ path }) => ({ path, external: true }));
	},
};

/**
 * From which pages a site may be talked to.
 *
 * A browser sends a user's cookie along with a request from any page on the same host, whatever the
 * port. So host and port both have to be the site's own.
 *
 * @param {string} site
 * @param {object} config what all sites share
 * @param {object} site_config the site's own
 * @returns {Set<string>} origins as browsers write them
 */
function allowed_origins(site, config, site_config) {
	const { webserver_port: port, default_site, host_name } = { ...config, ...site_config };
	const is_default = default_site === site;
	// a host name that all sites share can only be the default site's
	const named = is_default ? host_name : site_config.host_name;
	const domains = (site_config.domains ?? []).map((entry) => entry.domain ?? entry);
	return new Set(
		[
			named,
			`http://${site}:${port}`,
			...[site, ...domains].flatMap((domain) => [`http://${domain}`, `https://${domain}`]),
			...(is_default ? [`http://127.0.0.1:${port}`, `http://localhost:${port}`] : []),
		]
			.map(origin_of)
			.filter(Boolean)
	);
}

/** http://Example.org:80/path -> http://example.org; null if it is no address. */
function origin_of(url) {
	if (!url) return null;
	try {
		return new URL(url.includes("://") ? url : `http://${url}`).origin;
	} catch {
		return null;
	}
}

module.exports = { allowed_origins, origin_of };

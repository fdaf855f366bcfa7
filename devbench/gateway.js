/**
 * One address for a site, as a production server in front of Frappe gives it: /socket.io goes to
 * the realtime relay, everything else to the site's web server. Listens on loopback only.
 *
 * node gateway.js RELAY_PORT LISTEN:WEB:SITE [LISTEN:WEB:SITE …]
 */
const http = require("node:http");
const net = require("node:net");

const LOOPBACK = "127.0.0.1";
const [relay_port, ...ways] = process.argv.slice(2);

function is_for_relay(request) {
	return request.url.startsWith("/socket.io/");
}

function target_port(request, way) {
	return is_for_relay(request) ? Number(relay_port) : way.web_port;
}

/**
 * The relay serves every site of the bench: it is told which one this address is. And it wants to
 * see an Origin on each request, which a browser leaves out of same-origin reads.
 */
function forwarded_headers(request, way) {
	const headers = {
		...request.headers,
		"x-forwarded-for": LOOPBACK,
		"x-forwarded-proto": "http",
	};
	if (is_for_relay(request)) {
		headers["x-frappe-site-name"] = way.site;
		headers.origin ??= `http://${headers.host}`;
	}
	return headers;
}

function pass_on(request, response, way) {
	const onward = http.request(
		{
			host: LOOPBACK,
			agent: false, // a kept connection may be closed by the server just as it is used again
			port: target_port(request, way),
			method: request.method,
			path: request.url,
			headers: forwarded_headers(request, way),
		},
		(answer) => {
			response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
			answer.pipe(response);
		}
	);
	onward.on("error", () => {
		if (!response.headersSent) response.writeHead(502, { "content-type": "text/plain" });
		response.end("The web server behind this address does not run. ./dev up starts it.\n");
	});
	response.on("close", () => onward.destroy());
	request.pipe(onward);
}

function pass_on_upgrade(request, socket, head, way) {
	const onward = net.connect(target_port(request, way), LOOPBACK, () => {
		const headers = Object.entries(forwarded_headers(request, way));
		const lines = headers.map(([name, value]) => `${name}: ${value}`);
		onward.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
		onward.write(head);
		onward.pipe(socket).pipe(onward);
	});
	const end_both = () => {
		onward.destroy();
		socket.destroy();
	};
	onward.on("error", end_both);
	socket.on("error", end_both);
}

for (const words of ways) {
	const [listen_port, web_port, site] = words.split(":");
	const way = { web_port: Number(web_port), site };
	const server = http.createServer((request, response) => pass_on(request, response, way));
	server.on("upgrade", (request, socket, head) => pass_on_upgrade(request, socket, head, way));
	server.listen(Number(listen_port), LOOPBACK);
}

/**
 * One address for a site, as a production server in front of Frappe gives it: /socket.io goes to
 * the realtime relay, everything else to the site's web server. Listens on loopback only.
 *
 * node gateway.js RELAY_PORT LISTEN:WEB [LISTEN:WEB …]
 */
const http = require("node:http");
const net = require("node:net");

const LOOPBACK = "127.0.0.1";
const [relay_port, ...pairs] = process.argv.slice(2);

function target_port(url, web_port) {
	return url.startsWith("/socket.io/") ? Number(relay_port) : web_port;
}

/** A browser leaves Origin out of same-origin reads; the relay wants to see one on each request. */
function forwarded_headers(request) {
	const headers = {
		...request.headers,
		"x-forwarded-for": LOOPBACK,
		"x-forwarded-proto": "http",
	};
	if (!headers.origin && request.url.startsWith("/socket.io/")) {
		headers.origin = `http://${headers.host}`;
	}
	return headers;
}

function pass_on(request, response, web_port) {
	const onward = http.request(
		{
			host: LOOPBACK,
			agent: false, // a kept connection may be closed by the server just as it is used again
			port: target_port(request.url, web_port),
			method: request.method,
			path: request.url,
			headers: forwarded_headers(request),
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

function pass_on_upgrade(request, socket, head, web_port) {
	const onward = net.connect(target_port(request.url, web_port), LOOPBACK, () => {
		const headers = Object.entries(forwarded_headers(request));
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

for (const pair of pairs) {
	const [listen_port, web_port] = pair.split(":").map(Number);
	const server = http.createServer((request, response) => pass_on(request, response, web_port));
	server.on("upgrade", (request, socket, head) =>
		pass_on_upgrade(request, socket, head, web_port)
	);
	server.listen(listen_port, LOOPBACK);
}

// Preloaded into the relay (node --require): upstream's listens on every interface, and everything
// here stays on the loopback one. A server that names its host, or a Unix socket, keeps it.

const net = require("net");

const LOOPBACK = "127.0.0.1";
const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (port, ...rest) {
	const is_port = Number.isInteger(Number(port)) && port !== null;
	const has_host = typeof rest[0] === "string";
	return is_port && !has_host
		? listen.call(this, port, LOOPBACK, ...rest)
		: listen.call(this, port, ...rest);
};

/** From a message that Frappe published to the sockets it is meant for. */
const { DESK, required_permission } = require("./rooms");

/**
 * @param {Map<string, import("socket.io").Namespace>} namespaces by site, those with somebody in them
 * @param {object} guard
 * @param {string} text JSON of {event, message, room, namespace}, as frappe/realtime.py publishes it
 */
function deliver(namespaces, guard, text) {
	const { event, message, room, namespace } = JSON.parse(text);
	if (typeof event !== "string") return;
	if (event === "build_event") {
		// the asset builder knows no sites: all who may use a desk may need the new assets
		namespaces.forEach((nsp) => nsp.to(DESK).emit(event, message));
		return;
	}
	const nsp = namespaces.get(namespace);
	for (const id of nsp?.adapter.rooms.get(room) ?? []) {
		const socket = nsp.sockets.get(id);
		if (socket) deliver_to(socket, guard, { event, message, room }).catch(console.error);
	}
}

/** Being in the room says what someone could read when they came; this asks what they still can. */
async function deliver_to(socket, guard, { event, message, room }) {
	const { session } = socket.data;
	if (!(await guard.is_signed_in(session))) {
		socket.disconnect(true);
		return;
	}
	const permission = required_permission(room, event, message);
	if (permission && !(await guard.may_still_read(session, permission))) return;
	if (socket.rooms.has(room)) socket.emit(event, message);
}

module.exports = { deliver };

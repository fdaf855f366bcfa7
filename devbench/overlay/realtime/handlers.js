/** What a page may ask of the relay; the names are those of Frappe's socketio_client.js. */
const {
	doc_room,
	doctype_room,
	is_name,
	owns_task,
	rooms_of_session,
	task_room,
	viewers_room,
} = require("./rooms");

function handle_socket(socket, guard) {
	const { session } = socket.data;
	const viewed = new Map(); // room -> [doctype, name]

	async function join_if_readable(room, permission) {
		const allowed = await guard.may_read(session, permission);
		if (allowed && socket.connected) socket.join(room);
		return allowed && socket.connected;
	}
	const join_own_task = (task_id) => {
		if (owns_task(session.user, task_id)) socket.join(task_room(task_id));
	};
	function stop_viewing(room) {
		const document = viewed.get(room);
		if (!document || !viewed.delete(room)) return;
		socket.leave(room);
		tell_viewers(socket, ...document);
	}

	socket.join(rooms_of_session(session));

	on(socket, "doctype_subscribe", (doctype) =>
		join_if_readable(doctype_room(doctype), { doctype })
	);
	on(socket, "doctype_unsubscribe", (doctype) => socket.leave(doctype_room(doctype)));

	on(socket, "doc_subscribe", (doctype, name) =>
		join_if_readable(doc_room(doctype, name), { doctype, name })
	);
	on(socket, "doc_unsubscribe", (doctype, name) => socket.leave(doc_room(doctype, name)));

	on(socket, "doc_open", async (doctype, name) => {
		const room = viewers_room(doctype, name);
		if (!(await join_if_readable(room, { doctype, name }))) return;
		viewed.set(room, [doctype, name]);
		tell_viewers(socket, doctype, name);
	});
	on(socket, "doc_close", (doctype, name) => stop_viewing(viewers_room(doctype, name)));
	socket.on("disconnect", () => [...viewed.keys()].forEach(stop_viewing));

	on(socket, "task_subscribe", join_own_task);
	on(socket, "progress_subscribe", join_own_task);
	on(socket, "task_unsubscribe", (task_id) => socket.leave(task_room(task_id)));
}

/** Listens to an event whose arguments are all names; anything else is not for us. */
function on(socket, event, handler) {
	socket.on(event, (...args) => {
		const names = args.slice(0, handler.length);
		if (names.length === handler.length && names.every(is_name)) handler(...names);
	});
}

/** Tells everyone with the document open who the others are. */
function tell_viewers({ nsp }, doctype, name) {
	const room = viewers_room(doctype, name);
	const ids = [...(nsp.adapter.rooms.get(room) ?? [])];
	const users = new Set(ids.map((id) => nsp.sockets.get(id)?.data.session.user).filter(Boolean));
	nsp.to(room).emit("doc_viewers", { doctype, docname: name, users: [...users] });
}

module.exports = { handle_socket };

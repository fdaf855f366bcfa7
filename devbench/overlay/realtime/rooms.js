/**
 * The names of rooms, as frappe/realtime.py publishes to them. Each site has rooms of its own: a
 * room is looked up in the site's namespace only.
 */
const WEBSITE = "website"; // everyone who is signed in
const DESK = "all"; // everyone who may use the desk

const user_room = (user) => `user:${user}`;
const doctype_room = (doctype) => `doctype:${doctype}`;
const doc_room = (doctype, name) => `doc:${doctype}/${name}`;
const viewers_room = (doctype, name) => `open_doc:${doctype}/${name}`;
const task_room = (task_id) => `task_progress:${task_id}`;

/** Where a session belongs from the start. */
function rooms_of_session({ user, user_type }) {
	return [user_room(user), WEBSITE, ...(user_type === "System User" ? [DESK] : [])];
}

/**
 * Frappe keeps no account of whose task a task is. So the id has to say it, or nobody may listen:
 * `publish_realtime(task_id=f"{frappe.session.user}:{…}")`.
 */
const owns_task = (user, task_id) => is_name(task_id) && task_id.startsWith(`${user}:`);

/**
 * What one must be allowed to read to get this message in this room.
 *
 * @returns {{doctype: string, name?: string, or_gone?: boolean}|null} null if being in the room is
 *          enough; `or_gone`: or that there is no such document any more
 */
function required_permission(room, event, message) {
	const [, kind, rest] = /^(doctype|doc|open_doc):(.+)$/s.exec(room) ?? [];
	if (!kind) return null;
	if (kind === "doctype") {
		// "this document changed" goes to all who look at the list, but names the document
		const name = event === "list_update" ? message?.name : undefined;
		return is_name(name) ? { doctype: rest, name, or_gone: true } : { doctype: rest };
	}
	const slash = rest.indexOf("/");
	return { doctype: rest.slice(0, slash), name: rest.slice(slash + 1) };
}

/** Whether a value from a client can be a name of anything in Frappe. */
const is_name = (value) => typeof value === "string" && value.length > 0 && value.length <= 255;

module.exports = {
	DESK,
	user_room,
	doctype_room,
	doc_room,
	viewers_room,
	task_room,
	rooms_of_session,
	owns_task,
	required_permission,
	is_name,
};

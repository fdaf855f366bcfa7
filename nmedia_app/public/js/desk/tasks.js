frappe.provide("nmedia.tasks");

/** Fill an element, inside the workspace's block, with what waits for the user. */
nmedia.tasks.show = (element) => {
	element.innerHTML = `
		<link rel="stylesheet" href="${frappe.assets.bundled_asset("nmedia_app.bundle.css")}">
		<div class="nmedia-tasks">
			<div class="nmedia-tasks-head">
				<h3>${__("Waiting for Me")}</h3>
				<div class="nmedia-tasks-new"></div>
			</div>
			<div class="nmedia-tasks-list" aria-live="polite"></div>
		</div>
		<div class="nmedia-tasks nmedia-due-changes" hidden>
			<div class="nmedia-tasks-head"><h3>${__("Changes to Report (Article 5)")}</h3></div>
			<div class="nmedia-tasks-list" aria-live="polite"></div>
		</div>
		<div class="nmedia-tasks nmedia-due-changes nmedia-closures" hidden>
			<div class="nmedia-tasks-head"><h3>${__("Accounts to Close (Article 6)")}</h3></div>
			<div class="nmedia-tasks-list" aria-live="polite"></div>
		</div>`;
	add_new_buttons(element.querySelector(".nmedia-tasks-new"));
	const [tasks_box, due_box, closures_box] = element.querySelectorAll(".nmedia-tasks");
	frappe.xcall("nmedia_app.api.get_tasks").then((tasks) => {
		const rows = fold_audits(tasks);
		fill(tasks_box, rows.length ? rows : [empty_row()]);
	});
	frappe.xcall("nmedia_app.api.get_due_changes").then((due) => {
		due_box.hidden = !due.length;
		fill(due_box, due.map(due_row));
	});
	frappe.xcall("nmedia_app.audit_api.get_accounts_to_close").then((tasks) => {
		closures_box.hidden = !tasks.length;
		fill(closures_box, tasks.map(closure_row));
	});
};

function fill(box, rows) {
	const list = box.querySelector(".nmedia-tasks-list");
	list.innerHTML = rows.join("");
	list.querySelectorAll("a").forEach((link) => link.addEventListener("click", open_task));
}

// inside the block's shadow the desk's router does not see clicks
function open_task(event) {
	if (event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	const { doctype, name, state } = event.currentTarget.dataset;
	if (name) frappe.set_route("Form", doctype, name);
	else frappe.set_route("List", doctype, "List", { workflow_state: state });
}

function add_new_buttons(element) {
	for (const [doctype, label] of [
		["Account Filing", __("New Account Filing")],
		["Article Review", __("New Article Review")],
	]) {
		if (!frappe.model.can_create(doctype)) continue;
		const button = document.createElement("button");
		button.className = `btn btn-sm ${doctype === "Article Review" ? "btn-primary" : "btn-default"}`;
		button.textContent = label;
		button.addEventListener("click", () => frappe.new_doc(doctype));
		element.append(button);
	}
}

// from so many on, audits in one state stand in one line, which leads to their list: there they are decided on together
const MANY = 4;
// the server lists so many at most
const MOST_SHOWN = 50;

function fold_audits(tasks) {
	const groups = new Map();
	for (const task of tasks.filter(({ doctype }) => doctype === "Annual Audit"))
		groups.set(task.state, [...(groups.get(task.state) || []), task]);
	const is_folded = ({ doctype, state }) =>
		doctype === "Annual Audit" && groups.get(state).length >= MANY;
	const folded = [...groups.values()].filter((group) => group.length >= MANY);
	return [...folded.map(group_row), ...tasks.filter((task) => !is_folded(task)).map(task_row)];
}

/** How many audits wait together: the earliest of their last days, and how many of them are overdue. */
function group_row(audits) {
	const [{ state, colour }] = audits;
	const is_part = audits.length >= MOST_SHOWN;
	const say_count = (count) => (is_part ? `${count}+` : count);
	const title = __("Annual audits: {0}", [say_count(audits.length)]);
	const days = audits.map(({ deadline }) => deadline).filter(Boolean);
	const earliest = days.sort()[0];
	const overdue = days.filter((day) => day.slice(0, 10) < frappe.datetime.get_today()).length;
	const names = audits.slice(0, 3).map(({ title }) => title);
	const facts = [
		earliest &&
			__("earliest last day {0}", [frappe.datetime.str_to_user(earliest.split(" ")[0])]),
		`${names.join("、")}…`,
	];
	const late = overdue
		? `<span class="indicator-pill red">${__("{0} overdue", [say_count(overdue)])}</span>`
		: days_left(earliest);
	const marks = `${late}<span class="indicator-pill ${colour}">${__(state)}</span>`;
	return row_html({ doctype: "Annual Audit", name: "", title, state }, facts, marks);
}

/** Article 6: what is to be closed, and how many working days are left. */
function closure_row(task) {
	const facts = [
		task.section,
		__(task.reason),
		__("to be closed by {0}", [frappe.datetime.str_to_user(task.due_on)]),
		task.filing ? __("Deregistration under way") : "",
	];
	return row_html({ ...task, doctype: "Closure Task" }, facts, days_left(task.due_on));
}

function task_row(task) {
	const facts = [
		task.section,
		say_deadline(task),
		__("waiting since {0}", [frappe.datetime.prettyDate(task.since)]),
	];
	const late = is_late(task)
		? `<span class="indicator-pill red">${__("Planned time has passed")}</span>`
		: "";
	const has_days = ["Account Filing", "Annual Audit", "Annual Audit Round"].includes(
		task.doctype
	);
	const marks = `${late}${days_left(has_days && task.deadline)}
		<span class="indicator-pill ${task.colour}">${__(task.state)}</span>`;
	return row_html(task, facts, marks);
}

function say_deadline({ doctype, deadline }) {
	if (!deadline) return "";
	const date = frappe.datetime.str_to_user(deadline.split(" ")[0]);
	if (["Annual Audit", "Annual Audit Round"].includes(doctype))
		return __("last day {0}", [date]);
	return doctype === "Article Review"
		? __("planned for {0}", [frappe.datetime.str_to_user(deadline)])
		: __("to be reported by {0}", [date]);
}

function is_late({ doctype, deadline }) {
	return doctype === "Article Review" && deadline < frappe.datetime.system_datetime();
}

/** Article 5: what is to be reported, and how many working days are left. */
function due_row(due) {
	const facts = [
		due.section,
		due.reason || __(due.state),
		say_deadline({ deadline: due.due_on }),
	];
	return row_html(due, facts, days_left(due.due_on));
}

function days_left(date) {
	const left = nmedia.filing.days_left(date);
	return left ? `<span class="indicator-pill ${left.colour}">${left.text}</span>` : "";
}

function row_html({ doctype, name, title, state = "" }, facts, marks) {
	const escape = frappe.utils.escape_html;
	const href = name
		? frappe.utils.get_form_link(doctype, name)
		: `/app/${frappe.router.slug(doctype)}?${$.param({ workflow_state: state })}`;
	return `<a class="nmedia-task" href="${href}" data-doctype="${escape(doctype)}"
			data-name="${escape(name)}" data-state="${escape(state)}">
		<span class="nmedia-task-text">
			<span class="nmedia-task-title">${escape(title)}</span>
			<span class="nmedia-task-facts">${facts.filter(Boolean).map(escape).join(" · ")}</span>
		</span>
		<span class="nmedia-task-state">${marks}</span>
	</a>`;
}

function empty_row() {
	return `<div class="nmedia-tasks-empty">${__("Nothing is waiting for you.")}</div>`;
}

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
		</div>`;
	add_new_buttons(element.querySelector(".nmedia-tasks-new"));
	const [tasks_box, due_box] = element.querySelectorAll(".nmedia-tasks");
	frappe.xcall("nmedia_app.api.get_tasks").then((tasks) => {
		fill(tasks_box, tasks.length ? tasks.map(task_row) : [empty_row()]);
	});
	frappe.xcall("nmedia_app.api.get_due_changes").then((due) => {
		due_box.hidden = !due.length;
		fill(due_box, due.map(due_row));
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
	const { doctype, name } = event.currentTarget.dataset;
	frappe.set_route("Form", doctype, name);
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

function task_row(task) {
	const facts = [
		task.section,
		say_deadline(task),
		__("waiting since {0}", [frappe.datetime.prettyDate(task.since)]),
	];
	const late = is_late(task)
		? `<span class="indicator-pill red">${__("Planned time has passed")}</span>`
		: "";
	const marks = `${late}${days_left(task.doctype === "Account Filing" && task.deadline)}
		<span class="indicator-pill ${task.colour}">${__(task.state)}</span>`;
	return row_html(task, facts, marks);
}

function say_deadline({ doctype, deadline }) {
	if (!deadline) return "";
	return doctype === "Article Review"
		? __("planned for {0}", [frappe.datetime.str_to_user(deadline)])
		: __("to be reported by {0}", [frappe.datetime.str_to_user(deadline.split(" ")[0])]);
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

function row_html({ doctype, name, title }, facts, marks) {
	const escape = frappe.utils.escape_html;
	return `<a class="nmedia-task" href="${frappe.utils.get_form_link(doctype, name)}"
			data-doctype="${escape(doctype)}" data-name="${escape(name)}">
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

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
		</div>`;
	add_new_button(element.querySelector(".nmedia-tasks-new"));
	const list = element.querySelector(".nmedia-tasks-list");
	frappe.xcall("nmedia_app.api.get_tasks").then((tasks) => {
		list.innerHTML = tasks.length ? tasks.map(task_row).join("") : empty_row();
		list.querySelectorAll("a").forEach((link) => link.addEventListener("click", open_task));
	});
};

// inside the block's shadow the desk's router does not see clicks
function open_task(event) {
	if (event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	const { doctype, name } = event.currentTarget.dataset;
	frappe.set_route("Form", doctype, name);
}

function add_new_button(element) {
	if (!frappe.model.can_create("Article Review")) return;
	const button = document.createElement("button");
	button.className = "btn btn-primary btn-sm";
	button.textContent = __("New Article Review");
	button.addEventListener("click", () => frappe.new_doc("Article Review"));
	element.append(button);
}

function task_row(task) {
	const escape = frappe.utils.escape_html;
	const facts = [
		escape(task.section),
		__("planned for {0}", [frappe.datetime.str_to_user(task.planned_publish_time)]),
		__("waiting since {0}", [frappe.datetime.prettyDate(task.since)]),
	];
	const late = task.is_late
		? `<span class="indicator-pill red">${__("Planned time has passed")}</span>`
		: "";
	return `<a class="nmedia-task" href="${frappe.utils.get_form_link(task.doctype, task.name)}"
			data-doctype="${escape(task.doctype)}" data-name="${escape(task.name)}">
		<span class="nmedia-task-text">
			<span class="nmedia-task-title">${escape(task.title)}</span>
			<span class="nmedia-task-facts">${facts.join(" · ")}</span>
		</span>
		<span class="nmedia-task-state">
			${late}<span class="indicator-pill ${task.colour}">${__(task.state)}</span>
		</span>
	</a>`;
}

function empty_row() {
	return `<div class="nmedia-tasks-empty">${__("Nothing is waiting for you.")}</div>`;
}

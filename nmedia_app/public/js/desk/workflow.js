frappe.provide("nmedia.workflow");

/**
 * What every form of a workflow document shows: why it came back, and the steps that the user may take as
 * buttons that are always in sight (the platform hides them in a menu, on a phone behind an arrow).
 */
nmedia.workflow.refresh = (frm) => {
	$(frm.wrapper).addClass("nmedia-form");
	translate_steps(frm);
	show_return_reason(frm);
	remove_bar(frm);
	nmedia.urge.refresh(frm);
	if (frm.is_new()) return;
	frappe.xcall("frappe.model.workflow.get_transitions", { doc: frm.doc }).then((transitions) => {
		frm.nmedia_transitions = transitions;
		nmedia.workflow.show_bar(
			frm,
			transitions.map((transition, index) => ({
				label: __(transition.action),
				is_primary: index === 0 && !transition.opinion_required,
				run: () => take(frm, transition),
			}))
		);
	});
};

/** The table of steps keeps actions and states by their names, and shows them in the user's language. */
function translate_steps(frm) {
	const fields = frappe.meta.docfield_map["Approval Record"];
	if (fields.action.formatter) return;
	for (const fieldname of ["action", "from_state", "to_state"])
		fields[fieldname].formatter = (value) => frappe.utils.escape_html(__(value || ""));
	frm.refresh_field("approval_records"); // drawn before the form's scripts run
}

/** Handler of before_workflow_action: resolves once the user gave their opinion, never if they changed their mind. */
nmedia.workflow.before_action = (frm) => {
	frappe.dom.unfreeze();
	const transition = find_transition(frm, frm.selected_workflow_action);
	return ask(frm, transition).then(() => frappe.dom.freeze());
};

/**
 * The platform asks the active workflow who may edit. A document may follow another one, which may have other states.
 */
const is_read_only_by_active_workflow = frappe.workflow.is_read_only;
frappe.workflow.is_read_only = (doctype, name) => {
	const doc = locals[doctype]?.[name];
	const states = frappe.boot.nmedia_workflows[doctype]?.[doc?.governing_workflow];
	if (!states || doc.__islocal) {
		return is_read_only_by_active_workflow.call(frappe.workflow, doctype, name);
	}
	return !(states[doc.workflow_state] || []).some((role) => frappe.user_roles.includes(role));
};

function find_transition(frm, action) {
	return (frm.nmedia_transitions || []).find((transition) => transition.action === action);
}

/** Dialogs of their own for the step into a stage: doctype → stage → (frm, transition) => Promise. */
nmedia.workflow.dialogs = {};

/** Put the user's words on the document, where the server looks for them. */
function ask(frm, transition) {
	frm.doc.workflow_opinion = "";
	frm.doc.workflow_declared = 0;
	if (!transition) return Promise.resolve();
	const own = nmedia.workflow.dialogs[frm.doctype]?.[transition.next_stage];
	if (own) return own(frm, transition);
	return new Promise((resolve) => {
		const dialog = nmedia.dialog({
			title: __(transition.action),
			fields: get_dialog_fields(frm, transition),
			primary_action_label: __(transition.action),
			primary_action({ opinion, declared }) {
				if (transition.declaration && !declared) {
					frappe.show_alert({
						message: __("Please tick the declaration first."),
						indicator: "orange",
					});
					return;
				}
				frm.doc.workflow_opinion = opinion || "";
				frm.doc.workflow_declared = declared ? 1 : 0;
				dialog.hide();
				resolve();
			},
		});
		dialog.show();
	});
}

function get_dialog_fields(frm, transition) {
	const fields = [
		{
			fieldname: "about",
			fieldtype: "HTML",
			options: `<p class="text-muted">${frappe.utils.escape_html(
				frm.doc.title
			)}</p>${nmedia.workflow.note_html(transition)}`,
		},
	];
	if (transition.opinion_expected) {
		fields.push({
			fieldname: "opinion",
			fieldtype: "Small Text",
			label: transition.opinion_required ? __("Reason") : __("Review Opinion"),
			reqd: transition.opinion_required,
			default: transition.suggested_opinion,
			description: transition.opinion_required
				? __("The editor sees it at the top of the form.")
				: "",
		});
	}
	if (transition.declaration) {
		fields.push({
			fieldname: "declared",
			fieldtype: "Check",
			label: frappe.utils.escape_html(transition.declaration),
		});
	}
	return fields;
}

/** What to know before taking a step, as the server says it. */
nmedia.workflow.note_html = ({ note }) =>
	note
		? `<div class="alert alert-warning nmedia-step-note">${frappe.utils.escape_html(note)}</div>`
		: "";

/** A dialog without the fade: while that runs, the platform ignores a request to hide. */
nmedia.dialog = (options) => new frappe.ui.Dialog({ ...options, animate: false });

function take(frm, transition) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Please save your changes first."));
		return;
	}
	ask(frm, transition).then(() => {
		frappe.dom.freeze();
		return frappe
			.xcall("frappe.model.workflow.apply_workflow", {
				doc: frm.doc,
				action: transition.action,
			})
			.then((doc) => {
				frappe.model.sync(doc);
				frm.refresh();
				frappe.show_alert({ message: __(doc.workflow_state), indicator: "green" });
			})
			.finally(() => frappe.dom.unfreeze());
	});
}

/** Show what the user may do next as buttons (`label`, `is_primary`, `run`) that are always in sight. */
nmedia.workflow.show_bar = (frm, buttons) => {
	remove_bar(frm);
	if (!buttons.length) return;
	const $bar = $(`<div class="nmedia-actions">
		<span class="nmedia-actions-label">${__("Your next step")}</span>
		<div class="nmedia-actions-buttons"></div>
	</div>`);
	for (const { label, is_primary, run } of buttons)
		$(
			`<button type="button" class="btn btn-sm ${is_primary ? "btn-primary" : "btn-default"}"></button>`
		)
			.text(label)
			.on("click", run)
			.appendTo($bar.find(".nmedia-actions-buttons"));
	frm.layout.wrapper.prepend($bar);
	$(frm.wrapper).addClass("has-nmedia-actions");
};

function remove_bar(frm) {
	frm.layout.wrapper.children(".nmedia-actions").remove();
	$(frm.wrapper).removeClass("has-nmedia-actions");
}

function show_return_reason(frm) {
	frm.set_intro("");
	const record = (frm.doc.approval_records || []).slice(-1)[0];
	if (!record || !["Returned", "Withdrawn", "Rejected"].includes(frm.doc.stage)) return;
	const who_and_when = [
		frappe.utils.escape_html(record.full_name),
		frappe.datetime.str_to_user(record.acted_on),
	];
	const heading = {
		Returned: __("{0} returned it on {1}:", who_and_when),
		Withdrawn: __("{0} withdrew it on {1}:", who_and_when),
		Rejected: __("{0} did not approve it on {1}:", who_and_when),
	}[frm.doc.stage];
	const reason = frappe.utils.escape_html(record.opinion).replace(/\n/g, "<br>");
	const is_out = frm.doc.stage === "Withdrawn" && frm.doc.publications?.length;
	const advice = is_out ? __("Please take it off the media where it is out (Article 9).") : "";
	frm.set_intro(`<strong>${heading}</strong> ${reason}<br>${advice}`, "red");
}

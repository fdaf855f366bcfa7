"""The five ways to adjust the app without code, as System Manager: every upgrade keeps them.

The tests of this file build on each other, in their order: adjust, migrate, look and work. Afterwards
everything is put back, whatever happened.
"""

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from nmedia_app.tests.e2e.desk import (
	ADMINISTRATOR,
	BENCH,
	CHIEF,
	EDITOR,
	LEADER,
	LOGINS,
	OFFICE,
	SITE,
	Desk,
	bench_execute,
)
from nmedia_app.tests.e2e.e2e_article_review import decide, plain, publish, word_cells, write_article
from nmedia_app.tests.unit.word_templates import docx_of

DOCTYPE, WORKFLOW = "Article Review", "Article Review"
CHIEFS_STATE = "Section Chief Review"
LEADERS_STATE, NEW_NAME = "Division Leader Review", "处长终审"
LEGAL_ROLE, LEGAL_STATE, LAWYER = "法务审核员", "法务审核", "lawyer@nmedia.example"
FIELD_LABEL, FORMAT, OPINION = "信息分类", "本单位审核表", "审查结论"
TEMPLATE_WORDS = "本单位自制的 Word 表"
REST_DAY = "2026-12-15"
NEXT_FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@pytest.fixture(scope="module", autouse=True)
def put_back() -> Iterator[None]:
	inside = "nmedia_app.tests.e2e.adjustments"
	bench_execute(f"{inside}.keep")
	yield
	bench_execute(f"{inside}.put_back", renamed=[[NEW_NAME, LEADERS_STATE]])


def save(desk: Desk) -> str:
	"""Save the form that is open as a person does, and close what it says; return that."""
	desk.page.keyboard.press("Control+s")
	desk.page.wait_for_function("() => !cur_frm.is_new() && !cur_frm.is_dirty()")
	return close_messages(desk.settled().page)


def close_messages(page: Page) -> str:
	"""Read and close every message on the screen."""
	told = ""
	while (message := page.locator(".modal.show")).count():
		told += message.last.inner_text()
		# documents under way elsewhere may finish as they began
		shown = message.last.element_handle()
		shown.query_selector_all(".btn-modal-close, .btn-modal-primary:visible")[-1].click()
		shown.wait_for_element_state("hidden")
		page.evaluate(NEXT_FRAME)  # the platform shows a message that waits only when one has gone
	return told


def customize(desk: Desk) -> Page:
	"""Open Customize Form for articles."""
	desk.open(f"customize-form?doc_type={DOCTYPE.replace(' ', '%20')}")
	page = desk.page
	page.wait_for_function("(doctype) => window.cur_frm?.doc.doc_type === doctype", arg=DOCTYPE)
	page.wait_for_function("() => cur_frm.doc.fields?.length")
	return desk.settled().page


def update(desk: Desk) -> None:
	"""Press the button that keeps the customised form."""
	with desk.page.expect_response(lambda answer: "run_doc_method" in answer.url) as answer:
		desk.page.locator(".page-head:visible .primary-action:visible").click()
	assert answer.value.ok, answer.value.text()
	desk.settled()
	close_messages(desk.page)


# the five ways


def test_1_a_field_is_added_by_customize_form(as_user):
	admin = as_user(ADMINISTRATOR)
	page = customize(admin)
	page.evaluate(
		"""async (label) => {
			const after = cur_frm.doc.fields.find((field) => field.fieldname === "image_source").idx;
			const field = cur_frm.add_child("fields", {
				label, fieldtype: "Select", options: "\\n通知\\n新闻",
				is_custom_field: 1,
			});
			const fields = cur_frm.doc.fields;
			fields.splice(after, 0, fields.pop());
			fields.forEach((row, index) => (row.idx = index + 1));
			cur_frm.refresh_field("fields");
			return field.name;
		}""",
		FIELD_LABEL,
	)
	admin.shot("adjust-1-customize")
	update(admin)
	editor = as_user(EDITOR).form(DOCTYPE)
	expect(editor.page.locator(".control-label:visible", has_text=FIELD_LABEL)).to_have_count(1)
	editor.shot("adjust-1-field")


def test_2_the_chiefs_step_is_dropped_and_brought_back(as_user):
	"""An article goes straight to the leader, who approves (Article 7); 恢复出厂 brings the step back."""
	admin = as_user(ADMINISTRATOR).form("Workflow", WORKFLOW)
	admin.page.evaluate(
		"""([gone, leader]) => {
			const { states, transitions } = cur_frm.doc;
			cur_frm.doc.states = states.filter((row) => row.state !== gone);
			cur_frm.doc.transitions = transitions.filter((way) => way.state !== gone);
			for (const way of cur_frm.doc.transitions)
				if (way.next_state === gone) way.next_state = leader;
			for (const rows of [cur_frm.doc.states, cur_frm.doc.transitions])
				rows.forEach((row, index) => (row.idx = index + 1));
			cur_frm.dirty();
			cur_frm.refresh_fields();
		}""",
		[CHIEFS_STATE, LEADERS_STATE],
	)
	save_workflow(admin)
	editor = as_user(EDITOR)
	name = write_article(editor, "不经科室审核的文章")
	editor.take_step("送审", "In Review")
	assert editor.value("workflow_state") == LEADERS_STATE
	leader = as_user(LEADER)
	decide(leader, name, "审核通过", "同意发布", "Approved")
	leader.shot("adjust-2-without-chief")
	assert [row["to_state"] for row in leader.value("approval_records")] == [LEADERS_STATE, "Approved"]
	bench_execute("nmedia_app.tests.e2e.inside.restore_review_workflow")
	assert get_states(admin)[1] == CHIEFS_STATE


def test_2_the_workflow_is_adjusted(as_user):
	"""A legal review by a role of its own stands in the chief's place, the leader's step has another name."""
	admin = as_user(ADMINISTRATOR)
	make_role(admin)
	admin.form("Workflow", WORKFLOW)
	admin.page.evaluate(
		"""([gone, legal, role]) => {
			const { states, transitions } = cur_frm.doc;
			const first = states.find((row) => row.state === gone);
			Object.assign(first, { state: legal, allow_edit: role });
			for (const way of transitions) {
				if (way.state === gone) Object.assign(way, { state: legal, allowed: role });
				if (way.next_state === gone) way.next_state = legal;
			}
			cur_frm.dirty();
			cur_frm.refresh_fields();
		}""",
		[CHIEFS_STATE, LEGAL_STATE, LEGAL_ROLE],
	)
	admin.shot("adjust-2-workflow")
	save_workflow(admin)
	rename_state(admin)
	assert get_states(admin)[:3] == ["Draft", LEGAL_STATE, NEW_NAME]


def get_states(admin: Desk) -> list[str]:
	answer = admin.call("frappe.client.get", doctype="Workflow", name=WORKFLOW)
	return [row["state"] for row in answer["body"]["message"]["states"]]


def make_role(admin: Desk) -> None:
	"""Make a role and a state, give the role its rights and somebody the role: all as System Manager."""
	for doc in (
		{"doctype": "Role", "role_name": LEGAL_ROLE, "desk_access": 1},
		{"doctype": "Workflow State", "workflow_state_name": LEGAL_STATE, "style": "Warning"},
	):
		answer = admin.call("frappe.client.insert", doc=doc)
		assert answer["status"] == 200, answer
	manager = "frappe.core.page.permission_manager.permission_manager"
	given = {"role": LEGAL_ROLE, "permlevel": 0}
	assert admin.call(f"{manager}.add", parent=DOCTYPE, **given)["status"] == 200
	for right in ("write", "print"):
		answer = admin.call(f"{manager}.update", doctype=DOCTYPE, ptype=right, value=1, **given)
		assert answer["status"] == 200, answer
	LOGINS[LAWYER] = {"password": "Lawyer-2026-Reviews"}
	lawyer = {"doctype": "User", "email": LAWYER, "first_name": "法务员", "language": "zh"}
	lawyer |= {"send_welcome_email": 0, "new_password": LOGINS[LAWYER]["password"]}
	answer = admin.call("frappe.client.insert", doc={**lawyer, "roles": [{"role": LEGAL_ROLE}]})
	assert answer["status"] == 200, answer


def save_workflow(admin: Desk) -> str:
	"""Save the workflow, whatever the platform and the app ask or say on the way."""
	admin.page.keyboard.press("Control+s")
	anyway = admin.page.locator(".modal.show .btn", has_text="仍然保存")
	while admin.page.evaluate("() => cur_frm.is_dirty()"):
		admin.page.wait_for_function(
			"(words) => !cur_frm.is_dirty() || $('.modal.show .btn').text().includes(words)", arg="仍然保存"
		)
		if anyway.count():
			anyway.first.click()
	admin.settled().shot("adjust-2-saved")
	told = close_messages(admin.page)
	return told + close_messages(admin.settled().page)


def rename_state(admin: Desk) -> None:
	"""Give the leader's state another name in the desk."""
	answer = admin.call(
		"frappe.model.rename_doc.update_document_title",
		doctype="Workflow State",
		docname=LEADERS_STATE,
		name=NEW_NAME,
	)
	assert answer["status"] == 200, answer


def test_2_a_mistake_in_the_workflow_is_told_in_words(as_user):
	admin = as_user(ADMINISTRATOR).form("Workflow", WORKFLOW)
	admin.page.evaluate(
		"""() => {
			const approve = cur_frm.doc.transitions.find((way) => way.action === "Approve");
			Object.assign(approve, { allowed: "New Media Editor", allow_self_approval: 1 });
			cur_frm.dirty();
		}"""
	)
	admin.page.keyboard.press("Control+s")
	message = admin.page.locator(".modal.show .msgprint").last
	expect(message).to_contain_text("文案人员不得审核通过（第七条）")
	expect(message).to_contain_text("请取消“允许自我批准”")
	admin.settled().shot("adjust-2-mistake")
	assert admin.page.evaluate("() => cur_frm.is_dirty()")
	admin.was_refused(417)


def test_2_the_builder_saves_what_it_shows(as_user):
	admin = as_user(ADMINISTRATOR)
	read = {"doctype": "Workflow", "name": "Account Filing"}
	before = admin.call("frappe.client.get", **read)["body"]["message"]["transitions"]
	admin.open("workflow-builder/Account Filing")
	admin.page.locator(".vue-flow__node").first.wait_for()
	admin.settled().shot("adjust-2-builder")
	saved = admin.page.locator(".page-actions:visible .primary-action:visible")
	with admin.page.expect_response(lambda answer: "save" in answer.url) as answer:
		saved.first.click()
	assert answer.value.ok, answer.value.text()
	after = admin.settled().call("frappe.client.get", **read)["body"]["message"]["transitions"]
	kept = ("state", "action", "next_state", "allowed", "allow_self_approval", "condition")
	assert [[row.get(key) or "" for key in kept] for row in after] == [
		[row.get(key) or "" for key in kept] for row in before
	]


def test_3_a_print_format_is_duplicated_and_its_label_changed(as_user):
	admin = as_user(ADMINISTRATOR).form("Print Format", "Annex 2 Article Review")
	page = admin.page
	page.locator(".menu-btn-group:visible button").click()
	page.locator(".menu-btn-group:visible .dropdown-menu").get_by_text("复制", exact=True).click()
	page.wait_for_function("() => cur_frm.is_new() && cur_frm.doc.html?.includes('审核意见')")
	admin.settled()
	page.locator("[data-fieldname=__newname] input:visible").fill(FORMAT)
	page.evaluate(
		"(label) => cur_frm.set_value('html', cur_frm.doc.html.replace('<th>审核意见', `<th>${label}`))",
		OPINION,
	)
	save(admin)
	page.get_by_role("button", name="设置为默认").click()
	admin.settled().shot("adjust-3-format")
	close_messages(page)
	formats = admin.call("frappe.client.get_list", doctype="Print Format", filters={"name": FORMAT})
	assert formats["body"]["message"]


def test_3_the_print_view_gives_the_pdf_of_the_format_that_is_chosen(as_user):
	office = as_user(OFFICE)
	listed = office.call("frappe.client.get_list", doctype=DOCTYPE, limit_page_length=1)
	office.open(f"print/{DOCTYPE}/{listed['body']['message'][0]['name']}")
	frame = office.page.frame_locator("iframe.print-format-container")
	frame.get_by_text(OPINION).wait_for()
	assert OPINION in download_pdf(office)
	field = office.page.locator("[data-fieldname=print_format]:visible")
	field.locator("input").fill("Annex 2")
	field.locator(".awesomplete li", has_text="附件2 文章发布审核表").first.click()
	frame.get_by_text(OPINION).wait_for(state="detached")
	office.shot("adjust-3-other-format")
	assert OPINION not in download_pdf(office)


def download_pdf(desk: Desk) -> str:
	"""Press the print view's button; return the text of the PDF without blanks."""
	with desk.page.expect_download() as download:
		desk.page.get_by_role("button", name="下载 PDF").click()
	return plain("".join(page.extract_text() for page in PdfReader(download.value.path()).pages))


def test_3_a_label_is_changed_by_customize_form(as_user):
	admin = as_user(ADMINISTRATOR)
	customize(admin).evaluate(
		"""(label) => {
			const field = cur_frm.doc.fields.find((field) => field.fieldname === "opinion");
			frappe.model.set_value(field.doctype, field.name, "label", label);
		}""",
		OPINION,
	)
	update(admin)


def test_4_a_word_template_is_uploaded(as_user):
	admin = as_user(ADMINISTRATOR).form("Annex Template")
	page = admin.page
	page.evaluate("(doctype) => cur_frm.set_value('document_type', doctype)", DOCTYPE)
	page.locator("[data-fieldname=file] .btn-attach").click()
	template = docx_of(TEMPLATE_WORDS, "{{ article_title }}", "结论：{{ opinion }}")
	file = {"name": "自制表.docx", "mimeType": "application/octet-stream", "buffer": template}
	page.locator(".modal.show input[type=file]").first.set_input_files(file)
	page.locator(".modal.show .btn-modal-primary:visible").click()
	# the platform saves what a file was attached to
	page.wait_for_function("() => cur_frm.doc.file && !cur_frm.is_new() && !cur_frm.is_dirty()")
	expect(page.locator(".modal.show")).to_have_count(0)
	admin.settled().shot("adjust-4-template")
	assert admin.value("is_active") == 1


def test_5_calendar_and_settings_are_changed(as_user):
	admin = as_user(ADMINISTRATOR).form("New Media Settings", "New Media Settings")
	admin.page.evaluate(
		"""(day) => {
			cur_frm.add_child("working_day_corrections", { day, kind: "Rest Day", note: "校庆" });
			cur_frm.set_value("remind_after_hours", 36);
		}""",
		REST_DAY,
	)
	save(admin)
	admin.shot("adjust-5-settings")


# an upgrade


def test_6_migrate_changes_nothing_of_it():
	command = [BENCH / "env" / "bin" / "python", "-m", "frappe.utils.bench_helper", "frappe", "--site", SITE]
	done = subprocess.run([*command, "migrate"], cwd=BENCH / "sites", capture_output=True, text=True)
	assert done.returncode == 0, done.stdout + done.stderr


# and everything is still so, and works


def test_7_an_article_goes_its_adjusted_way(as_user):
	editor = as_user(EDITOR)
	title = "调整后的审核流程"
	name = write_article(editor, title)
	editor.page.evaluate(
		"""(label) => {
			const { fieldname } = cur_frm.meta.fields.find((field) => field.label === label);
			return cur_frm.set_value(fieldname, "通知");
		}""",
		FIELD_LABEL,
	)
	save(editor)
	editor.take_step("送审", "In Review")
	assert editor.value("workflow_state") == LEGAL_STATE
	chief = as_user(CHIEF).form(DOCTYPE, name)
	assert chief.page.locator(".nmedia-actions:visible button", has_text="同意上报").count() == 0
	lawyer = as_user(LAWYER)
	lawyer.shot("adjust-7-lawyer-landing")
	lawyer.page.locator(".nmedia-task", has_text=title).first.wait_for()
	decide(lawyer, name, "同意上报", "无法律问题", "In Review")
	assert lawyer.value("workflow_state") == NEW_NAME
	leader = as_user(LEADER)
	leader.page.locator(".nmedia-task", has_text=title).first.wait_for()
	leader.form(DOCTYPE, name)
	expect(leader.page.locator(".indicator-pill:visible", has_text=NEW_NAME).first).to_be_visible()
	leader.take_step("审核通过", "Approved", "同意发布")
	leader.shot("adjust-7-approved")
	expect(leader.page.locator(".control-label:visible", has_text=OPINION)).to_have_count(1)
	see_prints(editor, name)
	publish(editor.form(DOCTYPE, name))
	assert editor.value("stage") == "Published"
	editor.shot("adjust-7-published")


def see_prints(editor: Desk, name: str) -> None:
	"""The field, the label and the template are in what is printed."""
	editor.open(f"print/{DOCTYPE}/{name}")
	frame = editor.page.frame_locator("iframe.print-format-container")
	expect(frame.locator("th", has_text=OPINION)).to_have_count(1)
	expect(frame.locator("tr", has_text=FIELD_LABEL)).to_contain_text("通知")
	editor.shot("adjust-7-print")
	words = word_cells(editor, name)
	for said in (TEMPLATE_WORDS, "结论：同意发布", f"{FIELD_LABEL}：通知"):
		assert any(plain(said) in cell for cell in words), words


def test_7_settings_are_as_the_administrator_left_them(as_user):
	editor = as_user(EDITOR)
	assert editor.page.evaluate("(day) => frappe.boot.nmedia_calendar.exceptions[day]", REST_DAY) == 0
	admin = as_user(ADMINISTRATOR).form("New Media Settings", "New Media Settings")
	assert admin.value("remind_after_hours") == 36
	assert [row["note"] for row in admin.value("working_day_corrections")][-1] == "校庆"

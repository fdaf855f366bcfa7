"""Several pictures as the file of a material of an annual audit (Article 6)."""

import io
import os
import time
from unittest.mock import patch

import frappe
from pypdf import PdfReader

from nmedia_app.files import find_on_disk
from nmedia_app.services import picture_files, temporary
from nmedia_app.services.picture_files import PictureError
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	OFFICE,
	OTHER_EDITOR,
	SECOND_EDITOR,
	STRANGER,
	UNIT_HEAD,
	act,
	bring_audit_to,
	make_filed_account,
)
from nmedia_app.tests.unit.unit_pictures import head_of, picture_of
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages

SCREENSHOTS = "阅读量前十的推文截图"
API = "/api/method/nmedia_app.picture_api"
#: without the permission for a type of document, Frappe 15 answers as to a mistake
REFUSED = (403, 417)


def get_row(audit, name: str = SCREENSHOTS):
	return next(row for row in audit.materials if row.material_name == name)


def keep(*contents: bytes) -> list[tuple[str, str]]:
	"""Keep pictures of the session user's; return key and file name of each."""
	names = [f"截图{number}.png" for number in range(1, len(contents) + 1)]
	return [
		(picture_files.keep(file_name=name, stream=io.BytesIO(content)), name)
		for name, content in zip(names, contents, strict=True)
	]


def list_kept() -> list[str]:
	return [path.name for path in picture_files.get_folder().glob("*")]


class TestMaking(NmediaTestCase):
	"""Article 6: ten screenshots are one file, without anybody putting them into Word first."""

	def setUp(self):
		super().setUp()
		self.audit = factories.make_audit()
		self.row = get_row(self.audit)
		frappe.set_user(EDITOR)

	def tearDown(self):
		picture_files.remove_all()
		super().tearDown()

	def make_pdf(self, *contents: bytes):
		return picture_files.make_pdf(audit=self.audit, row=self.row, chosen=keep(*contents))

	def test_pdf_is_named_as_the_material_and_private(self):
		file = self.make_pdf(picture_of(), picture_of(kind="JPEG"), picture_of(kind="WEBP"))
		self.assertRegex(file.file_url, f"^/private/files/{SCREENSHOTS}.*\\.pdf$")
		self.assertEqual((file.is_private, file.owner), (1, EDITOR))
		self.assertEqual(
			(file.attached_to_doctype, file.attached_to_name), (self.audit.doctype, self.audit.name)
		)
		self.assertEqual(len(PdfReader(find_on_disk(file.file_url)).pages), 3)

	def test_audit_with_it_is_complete_as_with_any_other_file(self):
		audit = factories.fill_in_audit(self.audit)
		get_row(audit).file = self.make_pdf(picture_of()).file_url
		audit.save()
		self.assertEqual(act(audit, EDITOR, "Send for Review").workflow_state, "Section Chief Review")

	def test_same_pictures_are_the_same_bytes(self):
		first, second = (self.make_pdf(picture_of(), picture_of((9, 9))) for _number in range(2))
		self.assertEqual(first.content_hash, second.content_hash)

	def test_bad_picture_is_named_and_nothing_is_written(self):
		half = picture_of((900, 900))[:1000]
		before = frappe.db.count("File")
		with self.assertRaisesRegex(PictureError, "截图2.png is damaged"):
			self.make_pdf(picture_of(), half)
		self.assertEqual(frappe.db.count("File"), before)
		self.audit.reload()
		self.assertFalse(get_row(self.audit).file)

	def test_bad_picture_is_not_kept(self):
		for content, reason in (
			(b"no picture", "is damaged, or no PNG"),
			(head_of(60_000, 60_000), "million pixels"),
		):
			with self.assertRaisesRegex(PictureError, f"截图1.png.*{reason}"):
				keep(content)
		self.assertEqual(list_kept(), [])

	def test_name_of_a_picture_is_shown_as_typed(self):
		with self.assertRaisesRegex(PictureError, "&lt;img src=x&gt;.png"):
			picture_files.keep(file_name="<img src=x>.png", stream=io.BytesIO(b""))

	def test_pdf_is_no_larger_than_the_site_takes(self):
		with (
			patch.object(picture_files, "get_max_file_size", return_value=1000),
			self.assertRaisesRegex(PictureError, "Together the pictures"),
		):
			self.make_pdf(picture_of())

	def test_who_keeps_many_loses_the_oldest(self):
		with patch.object(picture_files, "MOST_KEPT", 2):
			kept = keep(*[picture_of((9, 9))] * 3)
		self.assertEqual(len(list_kept()), 2)
		self.assertTrue(picture_files.find(*kept[-1]))

	def test_what_nobody_made_a_pdf_of_goes_after_a_day(self):
		(old, name), new = keep(picture_of(), picture_of())
		day_ago = time.time() - temporary.KEPT - 1
		os.utime(picture_files.get_path(old), (day_ago, day_ago))
		picture_files.remove_old()
		self.assertTrue(picture_files.find(*new))
		with self.assertRaisesRegex(PictureError, "截图1.png is no longer there"):
			picture_files.find(old, name)


class TestAccess(RestTestCase):
	"""Who may hand in a material may do it so, and nobody else; each with their own pictures."""

	def setUp(self):
		super().setUp()
		self.audit = self.committed(factories.make_audit())
		self.row = get_row(self.audit).name

	def tearDown(self):
		super().tearDown()
		picture_files.remove_all()

	def add(self, user: str | None, content: bytes | None = None, **about):
		about = {"audit": self.audit.name, "row": self.row, **about}
		file = (io.BytesIO(content or picture_of()), "截图.png")
		browser = Browser.of(user) if user else Browser(None)
		return browser.request("POST", f"{API}.add_picture", data={**about, "file": file})

	def make(self, user: str | None, *keys: str, **about):
		pictures = [{"key": key, "file_name": "截图.png"} for key in keys]
		about = {"audit": self.audit.name, "row": self.row, "pictures": pictures, **about}
		browser = Browser.of(user) if user else Browser(None)
		return browser.post(f"{API}.make_pdf", **about)

	def add_own(self) -> str:
		response = self.add(EDITOR)
		self.assertEqual(response.status_code, 200, messages(response))
		return response.get_json()["message"]

	def assert_refused(self, user: str | None, *keys: str, **about):
		before = frappe.db.count("File")
		for response in (self.add(user, **about), self.make(user, *keys, **about)):
			self.assertIn(response.status_code, REFUSED, user)
		self.assertEqual(frappe.db.count("File"), before)

	def test_editor_makes_one_pdf_and_saves_it(self):
		response = self.make(EDITOR, self.add_own(), self.add_own())
		self.assertEqual(response.status_code, 200, messages(response))
		file = response.get_json()["message"]
		audit = self.fresh(self.audit)
		self.assertFalse(get_row(audit).file)  # the form saves it, with what else was changed there
		self.assertEqual(list_kept(), [])
		frappe.set_user(EDITOR)
		get_row(audit).file = file["file_url"]
		self.committed(audit.save())
		for user, status in ((EDITOR, 200), (CHIEF, 200), (OTHER_EDITOR, 403)):
			self.assertEqual(Browser.of(user).get(file["file_url"]).status_code, status, user)

	def test_people_without_a_right_to_the_audit_are_refused(self):
		key = self.add_own()
		for user in (OTHER_EDITOR, STRANGER, None):
			self.assert_refused(user, key)

	def test_who_does_not_write_while_it_is_a_draft_is_refused(self):
		key = self.add_own()
		for user in (OFFICE, UNIT_HEAD):
			self.assert_refused(user, key)

	def test_sent_audit_takes_no_more_of_its_own_administrator(self):
		key = self.add_own()
		bring_audit_to("Section Chief Review", self.audit)
		self.committed(self.audit)
		for user in (EDITOR, CHIEF):
			self.assert_refused(user, key)

	def test_returned_audit_takes_it_again(self):
		audit = bring_audit_to("Section Chief Review", self.audit)
		self.committed(act(audit, CHIEF, "Return for Correction", "截图不清"))
		self.assertEqual(self.make(EDITOR, self.add_own()).status_code, 200)

	def test_row_that_asks_for_no_file_is_refused(self):
		other = factories.get_audit(
			frappe.get_doc("Annual Audit Round", self.audit.round), make_other_audit(self.audit)
		)
		self.committed(other)
		for row in (get_row(self.audit, "自查总结").name, get_row(other).name, "x", ""):
			self.assert_refused(EDITOR, self.add_own(), row=row)

	def test_audit_that_is_not_there(self):
		self.assertEqual(self.add(EDITOR, audit="x").status_code, 404)
		self.assertEqual(self.make(EDITOR, audit="x").status_code, 404)

	def test_pictures_of_somebody_else_are_not_found(self):
		key = self.add_own()
		response = self.make(SECOND_EDITOR, key)
		self.assertIn(response.status_code, REFUSED)
		frappe.set_user(SECOND_EDITOR)
		with self.assertRaisesRegex(PictureError, "no longer there"):
			picture_files.find(key, "截图.png")

	def test_key_is_no_path(self):
		for key in ("../../site_config.json", "/etc/passwd", "", "0" * 32, "a" * 31 + "/", "*"):
			response = self.make(EDITOR, key)
			self.assertEqual(response.status_code, 417, key)
			self.assertIn("截图.png", messages(response))

	def test_list_of_pictures_that_is_none(self):
		for pictures in ("", "5", "{}", "null", "{", "x", [], [1], ["x"], [{}], [{"key": None}]):
			self.assertEqual(self.make(EDITOR, pictures=pictures).status_code, 417, pictures)

	def test_bad_picture_is_told_by_its_name(self):
		response = self.add(EDITOR, b"no picture")
		self.assertEqual(response.status_code, 417)
		self.assertIn("截图.png", messages(response))

	def test_request_without_a_picture(self):
		response = Browser.of(EDITOR).post(f"{API}.add_picture", audit=self.audit.name, row=self.row)
		self.assertEqual(response.status_code, 417)

	def test_only_by_post(self):
		about = {"audit": self.audit.name, "row": self.row}
		for path in (f"{API}.add_picture", f"{API}.make_pdf"):
			response = Browser.of(EDITOR).get(path, pictures="[]", **about)
			self.assertIn(response.status_code, (403, 405))


def make_other_audit(audit) -> str:
	"""Let another account of the editor join the round of an audit; return the account."""
	from nmedia_app.services.audit_opening import open_batch

	frappe.set_user("Administrator")
	account = make_filed_account(account_name="另一个", handle="another-account")
	open_batch(round_name=audit.round)
	return account.name

"""Documents that are ticked in a list as one download, and the downloads of one (in the browser)."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from nmedia_app.tests.e2e.desk import OFFICE, Desk

DOCTYPE = "Article Review"
COUNT = 3


def tick(desk: Desk) -> None:
	"""Tick the first documents of the list."""
	desk.open("article-review/view/list")
	boxes = desk.page.locator(".list-row-container:visible .list-row-checkbox")
	for number in range(COUNT):
		boxes.nth(number).check()


def download_together(desk: Desk, label: str, name: str) -> Path:
	"""Choose an action of the list, wait for the file, and download it."""
	desk.page.locator(".actions-btn-group:visible button").first.click()
	desk.page.locator(".actions-btn-group .dropdown-menu:visible").get_by_text(label).click()
	dialog = desk.page.locator(".modal.show")
	button = dialog.get_by_role("button", name="下载", exact=True)
	expect(button).to_be_visible(timeout=120_000)
	expect(dialog).to_contain_text(f"（{COUNT}份）")
	assert set(desk.english()) <= {"pdf", "zip", "ZIP", "MB"}  # what it is, and the size
	desk.shot(name)
	with desk.page.expect_download() as download:
		button.click()
	expect(dialog).to_have_count(0)
	assert re.fullmatch(rf".*审核表（{COUNT}份）\.(zip|pdf)", download.value.suggested_filename)
	return download.value.path()


def test_three_ticked_documents_are_one_pdf_and_one_zip(as_user: Callable[..., Desk]):
	office = as_user(OFFICE)
	tick(office)
	pdf = PdfReader(io.BytesIO(download_together(office, "合并下载 PDF", "bundle-pdf").read_bytes()))
	text = "".join(unicodedata.normalize("NFKC", page.extract_text()) for page in pdf.pages)
	assert "".join(text.split()).count("新媒体文章发布审核表") == COUNT
	with zipfile.ZipFile(download_together(office, "下载 Word（ZIP）", "bundle-zip")) as archive:
		names = archive.namelist()
	assert len({*names}) == COUNT
	assert all(re.fullmatch(r".+-NM-REV-[\d-]+\.docx", name) for name in names), names


def test_print_view_and_form_offer_word_and_pdf(as_user: Callable[..., Desk]):
	office = as_user(OFFICE)
	name = office.call("frappe.client.get_list", doctype=DOCTYPE, limit_page_length=1)["body"]["message"][0][
		"name"
	]
	office.open(f"print/{DOCTYPE}/{name}")
	office.page.frame_locator("iframe.print-format-container").get_by_text("审核意见").wait_for()
	expect(office.page.get_by_role("button", name="PDF", exact=True)).to_be_hidden()
	for label, extension in (("下载 Word", "docx"), ("下载 PDF", "pdf")):
		with office.page.expect_download() as download:
			office.page.get_by_role("button", name=label).click()
		assert (
			download.value.suggested_filename == f"信息化建设与管理处新媒体文章发布审核表-{name}.{extension}"
		)
	office.shot("print-view-downloads")
	office.form(DOCTYPE, name)
	office.page.locator(".menu-btn-group:visible button").click()
	with office.page.expect_download() as download:
		office.page.locator(".menu-btn-group:visible .dropdown-menu").get_by_text("下载 PDF").click()
	assert download.value.path().read_bytes().startswith(b"%PDF")

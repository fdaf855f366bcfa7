"""The house speaks Chinese, to those who are not signed in, too."""

from nmedia_app.tests.utils import Browser, RestTestCase


class TestGuests(RestTestCase):
	def test_the_login_page_speaks_chinese_to_a_chinese_browser(self):
		guest = Browser(None)
		guest.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
		self.assertIn("忘记密码", guest.get("/login").get_data(as_text=True))

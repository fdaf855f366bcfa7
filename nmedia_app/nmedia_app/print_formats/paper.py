"""The words that the annexes print around what a document holds: a filled form is read back by them."""

from typing import Final

from nmedia_app.regulation.filing import DATA_SERVICE, WECHAT, WEIBO

# Annex 1
BOXES: Final = {WEIBO: "微博", WECHAT: "微信"}
OTHER_BOX: Final = "其他（{}）"
SERVER_BOXES: Final = {"No Data Service": "不涉及数据服务", DATA_SERVICE: "涉及数据服务"}
SERVER_PLACE: Final = "，服务器设置在"
TO_FILL_IN: Final = "_" * 13
BETWEEN_BOXES: Final = " " * 3
#: between name and position of the 责任人
BETWEEN_FIELDS: Final = "　"
RULES_ATTACHED: Final = "附："
#: what stands, in small, behind a value: what the register said, and what it was when it was sent back
REGISTER_SAID: Final = "（原：{}）"
RETURNED_SAID: Final = "（▲更正，退回时：{}）"
EMPTY: Final = "空"
BECOMES: Final = " → "
#: fields of the register that the paper has no cell for: their changes stand under 备注
NOT_ON_PAPER: Final = {
	"supervising_leader": "分管领导",
	"administrator": "管理员",
	"platform_id": "平台永久标识",
	"account_holder": "账号主体",
}
HOLDERS: Final = {"This Unit": "本单位", "Another Unit": "其他单位", "Personal": "个人"}
#: what the empty forms say to whoever fills them in
HINTS: Final = (
	"（根据学校要求，责任人应为党委（总支）书记或职能部门正职）",
	"（简明罗列主要管理措施，详细管理制度另附）",
	"文章内容可附件",
)

"""What a Word template of an annex may name, with its meaning in the words of the paper."""

from dataclasses import dataclass
from typing import Any, Final

from nmedia_app.nmedia_app.print_formats.engine import Block, Run

TEXT, MARKED, FLAG, PICTURE, ROWS, PARAGRAPHS, LINES = range(7)

#: how each kind is written into a template
USAGE: Final = {
	TEXT: "{{{{ {0} }}}}",
	MARKED: "{{{{ {0} }}}}",
	FLAG: "{{% if {0} %}} … {{% else %}} … {{% endif %}}",
	PICTURE: "{{{{ {0} }}}}",
	ROWS: "{{%tr for extra in {0} %}} … {{%tr endfor %}}",
	PARAGRAPHS: "{{{{ {0} }}}}",
	LINES: "{{{{ {0} }}}}",
}


@dataclass(frozen=True)
class Placeholder:
	"""A name for a template; that of a group's member, or of a row's in a list, has a dot."""

	name: str
	meaning: str
	kind: int = TEXT

	@property
	def usage(self) -> str:
		"""How it is written into a template."""
		return USAGE[self.kind].format(self.name.replace("extras.", "extra."))

	@property
	def sample(self) -> Any:
		"""A value that shows in a preview what stands where."""
		text = f"〔{self.meaning}〕"
		if self.kind == FLAG:
			return True
		if self.kind in (MARKED, PICTURE):
			return Block([Run(text)])
		if self.kind == PARAGRAPHS:
			return [Block([Run(text)]), Block([Run(text, bold=True)], align="center")]
		return [text, text] if self.kind == LINES else text


EXTRAS: Final = (
	Placeholder("extras", "自定义字段，每个一行（不写时自动加在备注前或表格末尾）", ROWS),
	Placeholder("extras.label", "循环中：自定义字段的名称"),
	Placeholder("extras.value", "循环中：自定义字段的内容"),
)
REVIEW: Final = (
	Placeholder("opinion", "审核意见"),
	Placeholder("reviewer", "审核人签名"),
	Placeholder("reviewed_on", "审核日期"),
)

PLACEHOLDERS: Final[dict[str, tuple[Placeholder, ...]]] = {
	"Account Filing": (
		Placeholder("account_name", "账号名称", MARKED),
		Placeholder("supervising_unit", "主管单位", MARKED),
		Placeholder("kind", "账号性质（微博、微信方框）", MARKED),
		Placeholder("handle", "微博网址/微信号", MARKED),
		Placeholder("opened_on", "开通时间", MARKED),
		Placeholder("followers", "当前粉丝数", MARKED),
		Placeholder("server", "服务器（方框和位置）", MARKED),
		Placeholder("purpose", "功能定位", MARKED),
		Placeholder("responsible", "责任人（姓名、职务）", MARKED),
		Placeholder("business_lead", "业务负责人姓名", MARKED),
		Placeholder("business_lead_title", "业务负责人职务", MARKED),
		Placeholder("business_lead_phone", "业务负责人电话", MARKED),
		Placeholder("technical_lead", "技术负责人姓名", MARKED),
		Placeholder("technical_lead_title", "技术负责人职务", MARKED),
		Placeholder("technical_lead_phone", "技术负责人电话", MARKED),
		Placeholder("measures", "管理措施", MARKED),
		Placeholder("has_measures", "是否填写了管理措施", FLAG),
		Placeholder("commitment", "部门承诺"),
		*REVIEW,
		Placeholder("remarks", "备注", MARKED),
		*EXTRAS,
	),
	"Article Review": (
		Placeholder("media", "拟发布媒体"),
		Placeholder("planned_publish_time", "拟发布时间"),
		Placeholder("copywriters", "文案人员"),
		Placeholder("editors", "编辑人员"),
		Placeholder("image_source", "图片来源"),
		Placeholder("article_title", "文章标题"),
		Placeholder("content", "文章内容，单独成段", PARAGRAPHS),
		Placeholder("attachments", "附件名称，单独成段", LINES),
		*REVIEW,
		Placeholder("verification", "是否有核验信息（审核通过后才有）", FLAG),
		Placeholder("verification.broken", "内容是否与审核时不一致", FLAG),
		Placeholder("verification.code", "核验码"),
		Placeholder("verification.qr", "核验二维码", PICTURE),
		*EXTRAS,
	),
}


def make_sample(placeholders: tuple[Placeholder, ...]) -> dict[str, Any]:
	"""Return a context in which each value is its own meaning; lists of rows have two."""
	groups = {placeholder.name.partition(".")[0] for placeholder in placeholders if "." in placeholder.name}
	sample: dict[str, Any] = {group: {} for group in groups}
	for placeholder in placeholders:
		group, dot, name = placeholder.name.partition(".")
		if dot:
			sample[group][name] = placeholder.sample
		elif group not in groups:
			sample[group] = placeholder.sample
	for placeholder in placeholders:
		if placeholder.kind == ROWS:
			sample[placeholder.name] = [sample[placeholder.name]] * 2
	if "verification" in sample:
		sample["verification"]["broken"] = False
	return sample

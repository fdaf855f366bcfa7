"""What a Word template of an annex may name, with its meaning in the words of the paper."""

from dataclasses import dataclass
from typing import Any, Final

from nmedia_app.nmedia_app.print_formats.engine import Block, Run

#: in a template without rows for custom fields, they stand before the row with this label
REMARKS: Final = "备注"

TEXT, MARKED, FLAG, PICTURE, ROWS, CELL, PARAGRAPHS, LINES = range(8)

#: how each kind is written into a template
USAGE: Final = {
	TEXT: "{{{{ {0} }}}}",
	MARKED: "{{{{ {0} }}}}",
	FLAG: "{{% if {0} %}} … {{% else %}} … {{% endif %}}",
	PICTURE: "{{{{ {0} }}}}",
	ROWS: "{{%tr for {1} in {0} %}} … {{%tr endfor %}}",
	CELL: "{{{{ {1}.{2} }}}}",
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
		group, _dot, member = self.name.partition(".")
		return USAGE[self.kind].format(self.name, group.removesuffix("s"), member)

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
	Placeholder("extras.label", "循环中：自定义字段的名称", CELL),
	Placeholder("extras.value", "循环中：自定义字段的内容", CELL),
)
REVIEW: Final = (
	Placeholder("opinion", "审核意见"),
	Placeholder("reviewer", "审核人签名"),
	Placeholder("reviewed_on", "审核日期"),
)
COUNTS: Final = (
	("total", "应审账号数"),
	("filed", "已填报数"),
	("gathered", "已汇总数"),
	("approved", "通过数"),
	("rejected", "未通过数"),
	("missing", "未填报数"),
	("deregistered", "已注销数"),
	("dormant", "“僵尸”账号数"),
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
	"Annual Audit": (
		Placeholder("title", "标题，含年度"),
		Placeholder("number", "审核编号"),
		Placeholder("account_name", "账号名称"),
		Placeholder("platform", "平台"),
		Placeholder("supervising_unit", "主管单位"),
		Placeholder("section", "运维科室"),
		Placeholder("administrator", "账号管理员"),
		Placeholder("responsible_people", "责任体系（本年度负责人员）"),
		Placeholder("period", "统计期间"),
		Placeholder("followers_before", "期初粉丝数（统计日期）"),
		Placeholder("followers", "当前粉丝数"),
		Placeholder("last_published_on", "最近发布日期"),
		Placeholder("articles_reviewed", "审核文章数"),
		Placeholder("articles_published", "发布文章数"),
		Placeholder("articles_returned", "退回文章数"),
		Placeholder("articles_withdrawn", "撤回文章数"),
		Placeholder("articles_unmatched", "与审核不符的文章数"),
		Placeholder("figures_on", "数据截至日期"),
		Placeholder("filings", "年内备案，每次一行", ROWS),
		Placeholder("filings.number", "循环中：备案编号", CELL),
		Placeholder("filings.kind", "循环中：备案类型", CELL),
		Placeholder("filings.approved_on", "循环中：审核日期", CELL),
		Placeholder("filings.due_on", "循环中：报备期限", CELL),
		Placeholder("filings.reported_on", "循环中：报备日期", CELL),
		Placeholder("filings.timeliness", "循环中：是否按期", CELL),
		Placeholder("incidents", "不当信息及处置，每件一行", ROWS),
		Placeholder("incidents.what", "循环中：情况", CELL),
		Placeholder("incidents.began_on", "循环中：开始时间", CELL),
		Placeholder("incidents.ended_on", "循环中：处置完成时间", CELL),
		Placeholder("incidents.hours", "循环中：用时", CELL),
		Placeholder("materials", "年审材料，每项一行", ROWS),
		Placeholder("materials.name", "循环中：材料名称", CELL),
		Placeholder("materials.handed_in", "循环中：是否提交", CELL),
		Placeholder("materials.content", "循环中：文件名或文字内容", CELL),
		Placeholder("self_assessment", "自我评价"),
		Placeholder("opinions", "科室、综合办公室、单位的意见，每个一行", ROWS),
		Placeholder("opinions.label", "循环中：谁的意见", CELL),
		Placeholder("opinions.opinion", "循环中：意见", CELL),
		Placeholder("opinions.reviewer", "循环中：签名", CELL),
		Placeholder("opinions.date", "循环中：日期", CELL),
		Placeholder("remarks", "备注"),
		*EXTRAS,
	),
	"Annual Audit Round": (
		Placeholder("title", "标题，含年度"),
		Placeholder("days", "年审起止日期"),
		Placeholder("period", "统计期间"),
		Placeholder("data_on", "数据截至日期"),
		Placeholder("is_part", "是否只含本人所能查看的科室", FLAG),
		Placeholder("sections", "各科室的合计，每个科室一行", ROWS),
		Placeholder("sections.section", "循环中：科室", CELL),
		*(Placeholder(f"sections.{name}", f"循环中：科室的{meaning}", CELL) for name, meaning in COUNTS),
		*(Placeholder(f"totals.{name}", f"全部科室的{meaning}") for name, meaning in COUNTS),
		Placeholder("accounts", "账号，每个一行", ROWS),
		Placeholder("accounts.number", "循环中：序号", CELL),
		Placeholder("accounts.platform", "循环中：平台", CELL),
		Placeholder("accounts.account_name", "循环中：账号名称", CELL),
		Placeholder("accounts.section", "循环中：运维科室", CELL),
		Placeholder("accounts.administrator", "循环中：账号管理员", CELL),
		Placeholder("accounts.followers", "循环中：粉丝数", CELL),
		Placeholder("accounts.published", "循环中：发布文章数", CELL),
		Placeholder("accounts.state", "循环中：审核状态", CELL),
		Placeholder("accounts.result", "循环中：审核结果", CELL),
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

from nmedia_app.workflow import WorkflowDocumentRow


class ArticleAttachment(WorkflowDocumentRow):
	pass

from nmedia_app.workflow import WorkflowDocumentRow


class ArticlePublication(WorkflowDocumentRow):
	pass
